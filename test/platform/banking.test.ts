import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { bankRows } from "../../functions/adapters/postgres/bank-rows.ts";
import { openPool, type Pool } from "../../functions/adapters/postgres/pool.ts";
import { openLocalBank } from "../../local/platform/banking.ts";
import { dayOf, formatDay } from "../../shared/base/day.ts";
import { openInsurer, startPlatform, type TestPlatform } from "../command/platform.ts";
import { approved, released, stateOf } from "../reconciliation/paying.ts";

let platform: TestPlatform;
let pool: Pool;
const folder = mkdtempSync(join(tmpdir(), "banking-"));
beforeAll(async () => {
  platform = await startPlatform();
  pool = openPool({ url: platform.url("app"), max: 4 });
});
afterAll(async () => {
  await pool.end();
  await platform.close();
  rmSync(folder, { recursive: true });
});

test("what is released is paid in one round; a payout whose row was changed is told, and holds up no other insurer", async () => {
  const { ports } = platform;
  const told: string[] = [];
  const alarm = (insurer: string): void => void told.push(insurer);
  const bank = openLocalBank({ ports, pool }, folder, alarm);
  const payouts = new Map<string, readonly string[]>();
  for (const insurer of ["altered", "whole"]) {
    const insured = await openInsurer(ports, { insurer, limit: null, paying: true });
    payouts.set(insurer, await approved(ports, insured, 2));
    await released(ports, insurer, payouts.get(insurer) ?? []);
  }
  const owner = openPool({ url: platform.superuserUrl, max: 1 });
  await owner.query("UPDATE payout SET state = 'x' || state WHERE insurer = 'altered'");
  await owner.end();
  await bank.round(["altered", "whole"]);
  await bank.reconcileAll(["whole"]);
  bank.close();
  for (const payout of payouts.get("whole") ?? []) {
    expect((await stateOf(ports, "whole", payout)).status).toBe("settled");
  }
  expect(told).toEqual(["altered"]);
  expect(await bankRows(pool).list("whole", "all", 10)).toEqual([]);
});

test("breaks that stay open are told with their age, the oldest by name, and those of today are not", async () => {
  const { ports } = platform;
  const told: string[] = [];
  const bank = openLocalBank(
    { ports, pool },
    join(folder, "aged"),
    (insurer, { alarm, detail }) => {
      told.push(`${insurer} ${alarm} ${detail}`);
    },
  );
  await openInsurer(ports, { insurer: "aged", limit: null, paying: true });
  const [rows, now, dayUs] = [bankRows(pool), ports.clock(), 86_400_000_000n];
  const [old, newer] = ["0a".repeat(32), "0b".repeat(32)];
  const unreadable = (message: string) => ({ kind: "unreadable", about: null, message }) as const;
  await rows.open("aged", [unreadable(newer)], now);
  await bank.reconcileAll(["aged"]);
  expect(told).toEqual([]);
  await rows.open("aged", [unreadable(old), unreadable("0c".repeat(32))], now - 8n * dayUs);
  await rows.open("aged", [unreadable("0d".repeat(32))], now - 2n * dayUs);
  await bank.reconcileAll(["aged"]);
  const since = formatDay(dayOf(now - 8n * dayUs));
  expect(told).toEqual([
    `aged breaks-aged open breaks: 3 for 1 day or more, 2 for 7 days or more; the oldest, unreadable of ${old}, since ${since}`,
  ]);
  bank.close();
});
