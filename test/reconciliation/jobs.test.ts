import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { bankRows } from "../../functions/adapters/postgres/bank-rows.ts";
import { openPool, type Pool } from "../../functions/adapters/postgres/pool.ts";
import { releaseOrders } from "../../functions/adapters/postgres/release-orders.ts";
import { fileRail } from "../../functions/adapters/rail/file-rail.ts";
import { payoutJob } from "../../functions/payouts/job.ts";
import { exchange } from "../../functions/reconciliation/exchange.ts";
import { sendUnsent } from "../../functions/reconciliation/send.ts";
import { memoryStore } from "../../local/objects/memory.ts";
import { openInsurer, startPlatform, type TestPlatform } from "../command/platform.ts";
import { clearly } from "../payout/sample.ts";
import { approved, proposed, released, stateOf } from "./paying.ts";

let platform: TestPlatform;
let pool: Pool;
beforeAll(async () => {
  platform = await startPlatform();
  pool = openPool({ url: platform.url("app"), max: 4 });
});
afterAll(async () => {
  await pool.end();
  await platform.close();
});

const noInbox = {
  list: async function* () {},
  delete: async () => {},
  stream: async () => undefined,
  setAside: async () => {},
};

test("payouts wait as proposed while nobody is configured to screen, and the job says so; with one they go on", async () => {
  const ports = { ...platform.ports, orders: releaseOrders(pool) };
  const insured = await openInsurer(ports, { insurer: "unscreened", limit: null, paying: true });
  expect(await payoutJob(ports, "unscreened", undefined)).toBe(0);
  const [payout = ""] = await proposed(ports, insured, 1);
  expect(await payoutJob(ports, "unscreened", undefined)).toMatchObject({
    alarm: "screening-missing",
  });
  expect((await stateOf(ports, "unscreened", payout)).status).toBe("proposed");
  expect(await payoutJob(ports, "unscreened", clearly)).toBe(1);
  expect((await stateOf(ports, "unscreened", payout)).status).toBe("approved");
});

test("a row that somebody changed is the alarm of its job, and what can go out goes", async () => {
  const { ports } = platform;
  const insured = await openInsurer(ports, { insurer: "mixed", limit: null, paying: true });
  const [whole = "", altered = ""] = await approved(ports, insured, 2);
  await released(ports, "mixed", [whole]);
  await released(ports, "mixed", [altered]);
  const owner = openPool({ url: platform.superuserUrl, max: 1 });
  await owner.query("UPDATE payout SET state = 'x' || state WHERE stream = $1", [altered]);
  await owner.end();
  const out = memoryStore();
  const bank = { commands: ports, rows: bankRows(pool), rail: fileRail(out, noInbox) };
  expect(await exchange(bank, "mixed")).toMatchObject({ alarm: "row-altered" });
  const sent: string[] = [];
  for await (const key of out.list("mixed/")) sent.push(key);
  expect(sent).toHaveLength(1);
});

test("a run that read what is unsent before another sent it, and the bank fetched it, sends nothing twice", async () => {
  const { ports } = platform;
  const insured = await openInsurer(ports, { insurer: "twice", limit: null, paying: true });
  await released(ports, "twice", await approved(ports, insured, 1));
  const out = memoryStore();
  const rows = bankRows(pool);
  const bank = { commands: ports, rows, rail: fileRail(out, noInbox) };
  const fetched: string[] = [];
  const fetchAll = async (): Promise<void> => {
    for await (const key of out.list("twice/")) {
      fetched.push(key);
      await out.delete(key);
    }
  };
  const unsent: typeof rows.unsent = async (...asked) => {
    const page = await rows.unsent(...asked);
    await sendUnsent(bank, "twice");
    await fetchAll();
    return page;
  };
  expect(await sendUnsent({ ...bank, rows: { ...rows, unsent } }, "twice")).toBe(0);
  await fetchAll();
  expect(fetched).toHaveLength(1);
});
