import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { bookRows } from "../../functions/adapters/postgres/book-rows.ts";
import { recordAlarming, recordPeriod } from "../../functions/totals/core.ts";
import { recordTotals } from "../../local/demo/totals.ts";
import { startLedger } from "../../local/platform/ledger.ts";
import { ask } from "../auditor/folder.ts";
import { exportSmall, insurers, type Walked, walkSmall } from "../bundle/small.ts";

let walked: Walked;

beforeAll(async () => {
  walked = await walkSmall(6);
}, 60_000);
afterAll(() => walked.close());

const drain = async (): Promise<void> => {
  const ledger = startLedger(
    walked.services,
    async () => insurers,
    () => undefined,
  );
  await ledger.drain(insurers, () => undefined);
  await ledger.stop();
};
const audit = async () => {
  const { bundle, policies } = await exportSmall(walked);
  return ask("verify", bundle, "--policy", policies, "--require-full", "--json");
};

test("totals from the insurer's own rows foot to its log; rows that were changed behind it do not", async () => {
  const [first, second] = insurers;
  const { services } = walked;
  const rows = bookRows(services.pools.app);
  expect(await recordPeriod(services.ports, rows, first, "2020-01")).toBe("waiting");
  await drain();
  await recordTotals(services, insurers);
  await drain();
  const honest = await audit();
  expect([honest.code, honest.json.findings]).toEqual([0, []]);
  const month = new Date().toISOString().slice(0, 7);
  const again = await recordPeriod(services.ports, rows, first, month);
  expect(again).toMatchObject({ record: { type: "totals.recorded" } });
  await drain();
  expect(await recordPeriod(services.ports, rows, first, month)).toBe("nothing");
  expect(await recordAlarming(services.ports, rows, first)).toBe(0);

  // A settled payout's row is gone: everything the log holds is still true, only the books are not.
  const gone = await services.pools.app.query(
    `DELETE FROM payout WHERE insurer = $1 AND stream =
       (SELECT min(stream) FROM payout WHERE insurer = $1 AND status = 'settled')`,
    [second],
  );
  expect(gone.rowCount).toBe(1);
  await recordPeriod(services.ports, rows, second, month);
  await drain();
  const { code, json } = await audit();
  expect(code).toBe(1);
  const found = json.findings as { code: string; origin: string }[];
  expect(new Set(found.map((each) => each.code))).toEqual(new Set(["totals-differs"]));
  expect(new Set(found.map((each) => each.origin))).toEqual(new Set([`small.example/${second}`]));
}, 60_000);
