import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { bookRows } from "../../functions/adapters/postgres/book-rows.ts";
import { newHandle } from "../../functions/command/handle.ts";
import { carryOut } from "../../functions/eraser/core.ts";
import { approve, hold, request } from "../../functions/eraser/requests.ts";
import { recordAlarming, recordPeriod } from "../../functions/totals/core.ts";
import { recordTotals } from "../../local/demo/totals.ts";
import { startLedger } from "../../local/platform/ledger.ts";
import { recordAllDue } from "../../local/platform/periodic.ts";
import type { Services } from "../../local/platform/services.ts";
import { dayOf, formatDay } from "../../shared/base/day.ts";
import { partClasses } from "../../shared/base/part-class.ts";
import { isRefusal } from "../../shared/base/refusal.ts";
import { ask } from "../auditor/folder.ts";
import { exportSmall, insurers, type Walked, walkSmall } from "../bundle/small.ts";
import { someOperator } from "../eraser/ends.ts";

let walked: Walked;

beforeAll(async () => {
  walked = await walkSmall(6);
});
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
  expect(await recordPeriod(services.ports, rows, first, "2020-01-01")).toEqual({
    waitsFor: "records to be placed",
  });
  await drain();
  await recordTotals(services, insurers);
  await drain();
  const honest = await audit();
  expect([honest.code, honest.json.findings]).toEqual([0, []]);
  const today = new Date().toISOString().slice(0, 10);
  const again = await recordPeriod(services.ports, rows, first, today);
  expect(again).toMatchObject({ record: { type: "totals.recorded" } });
  await drain();
  expect(await recordPeriod(services.ports, rows, first, today)).toBe("nothing");
  expect(await recordAlarming(services.ports, rows, first)).toBe(0);

  // A settled payout's row is gone: everything the log holds is still true, only the books are not.
  const gone = await services.pools.app.query(
    `DELETE FROM payout WHERE insurer = $1 AND stream =
       (SELECT min(stream) FROM payout WHERE insurer = $1 AND status = 'settled')`,
    [second],
  );
  expect(gone.rowCount).toBe(1);
  await recordPeriod(services.ports, rows, second, today);
  await drain();
  const { code, json } = await audit();
  expect(code).toBe(1);
  const found = json.findings as { code: string; origin: string }[];
  expect(new Set(found.map((each) => each.code))).toEqual(new Set(["totals-differs"]));
  expect(new Set(found.map((each) => each.origin))).toEqual(new Set([`small.example/${second}`]));
});

const dayUs = 86_400_000_000n;
const minuteUs = 60_000_000n;

describe("the day before's totals that can't be recorded", () => {
  /** The platform as it is at `now`. */
  const at = (now: bigint): Services => ({
    ...walked.services,
    ports: { ...walked.services.ports, clock: () => now },
  });
  const due = (on: Services) => recordAlarming(on.ports, bookRows(on.pools.app), insurers[0]);
  let first: bigint;
  let second: bigint;
  beforeAll(() => {
    // The test above recorded the day that is running.
    const midnight = (dayOf(walked.services.ports.clock()) + 2n) * dayUs;
    first = midnight + dayUs / 2n - minuteUs;
    second = midnight + dayUs / 2n;
  });

  test("wait until noon, then raise an alarm that says what for, once; recorded, it is over", async () => {
    const on = at(second);
    const operator = someOperator(on.ports, insurers[0]);
    await holdSomebody(on, insurers[0]);
    expect(await due(at(first))).toBe(0);
    const late = `control totals of ${formatDay(dayOf(first) - 1n)} are not recorded`;
    const placing = {
      alarm: "totals-overdue",
      detail: `${late}, they wait for records to be placed`,
    };
    expect(await due(on)).toEqual(placing);

    await drain();
    const person = newHandle(on.ports.random);
    must(await request(on.ports, operator, person, partClasses, second));
    must(await approve(on.ports, someOperator(on.ports, insurers[0]), person, second));
    await drain();
    const lines: string[] = [];
    const told = new Map<string, string>();
    const round = () =>
      recordAllDue(
        on,
        () => undefined,
        (line) => lines.push(line),
        told,
      );
    await round();
    await round();
    const said = `ALARM ${insurers[0]}: totals-overdue: ${late}, they wait for an erasure to be carried out`;
    expect(lines).toEqual([expect.stringContaining(said)]);

    must(await carryOut(on.ports, on.eraser, insurers[0], person));
    await drain();
    expect(await due(on)).toBe(1);
    await drain();
    expect(await due(on)).toBe(0);
  });

  test("from a row that somebody changed are an alarm, and hold up no other insurer's", async () => {
    const on = at(second + dayUs);
    for (const insurer of insurers) await holdSomebody(on, insurer);
    await drain();
    await on.pools.app.query(
      "UPDATE claim SET state = overlay(state placing 'AAAA' from 30) WHERE insurer = $1",
      [insurers[1]],
    );
    const lines: string[] = [];
    await recordAllDue(
      on,
      () => undefined,
      (line) => lines.push(line),
      new Map(),
    );
    expect(lines).toEqual([expect.stringContaining(`ALARM ${insurers[1]}: failed: Malformed`)]);
    await drain();
    expect(await due(on)).toBe(0);
  });
});

function must(done: object): void {
  if (isRefusal(done)) throw new Error(done.detail);
}

/** One more record, about nobody who has any other. */
async function holdSomebody({ ports }: Services, insurer: string): Promise<void> {
  const placed = { name: newHandle(ports.random), basis: "regulator" } as const;
  const operator = someOperator(ports, insurer);
  must(await hold(ports, operator, newHandle(ports.random), placed, ports.clock()));
}
