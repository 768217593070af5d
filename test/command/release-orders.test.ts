import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { openPool, type Pool } from "../../functions/adapters/postgres/pool.ts";
import { enrol } from "../../functions/adapters/postgres/principals.ts";
import { releaseOrders } from "../../functions/adapters/postgres/release-orders.ts";
import { adjudicate } from "../../functions/adjudicator/adjudicate.ts";
import { newHandle } from "../../functions/command/handle.ts";
import { openRecord } from "../../functions/command/openings.ts";
import { voidOne } from "../../functions/payouts/advance.ts";
import { screenHeld } from "../../functions/payouts/held.ts";
import { screenDue } from "../../functions/payouts/instalments.ts";
import { schedule } from "../../functions/payouts/propose.ts";
import { releaseFile } from "../../functions/payouts/release.ts";
import {
  type OrderPorts,
  orderRelease,
  releaseOrdered,
} from "../../functions/payouts/release-orders.ts";
import { screenAndApprove } from "../../functions/payouts/screening.ts";
import { workOnce } from "../../local/platform/jobs.ts";
import { type Act, personOf } from "../../shared/base/actor.ts";
import { dayOf } from "../../shared/base/day.ts";
import { formatInstant } from "../../shared/base/instant.ts";
import { maxMinor } from "../../shared/base/money.ts";
import { isRefusal } from "../../shared/base/refusal.ts";
import { Unavailable } from "../../shared/ports/unavailable.ts";
import { clearly } from "../payout/sample.ts";
import {
  callerOf,
  machine,
  openInsurer,
  random,
  somebody,
  startPlatform,
  submissionOf,
  submitClaimOf,
  type TestPlatform,
  usd,
} from "./platform.ts";

const refused = (code: string) => expect.objectContaining({ refused: code });
const hourUs = 3_600_000_000n;
let platform: TestPlatform;
let ports: TestPlatform["ports"] & OrderPorts;
let app: Pool;
let insurer: string;
let policy: string;
let insured: string;
beforeAll(async () => {
  platform = await startPlatform();
  app = openPool({ url: platform.url("app"), max: 4 });
  ports = { ...platform.ports, orders: releaseOrders(app) };
  const open = { limit: null, band: maxMinor, paying: true };
  ({ insurer, policy, insured } = await openInsurer(platform.ports, open));
});
afterAll(async () => {
  await app.end();
  await platform.close();
});

const unexpected = (error: unknown): never => {
  throw error;
};

/** `ports` at another time. */
const at = (now: bigint): OrderPorts => ({ ...ports, clock: () => now });

async function decided(minor = 5_000n): Promise<string> {
  const stated = {
    ...submissionOf(policy, minor, minor),
    onBehalfOf: insured,
    payee: { name: "Test Payee", account: "DE00TEST1" },
  };
  const claim = await submitClaimOf(ports, callerOf(insurer, "intake"), stated);
  await adjudicate(ports, insurer, claim);
  return claim;
}

async function approved(): Promise<string> {
  const [payout] = await ports.store.payoutsOf(insurer, await decided());
  if (!payout) throw new Error("nothing was proposed");
  await screenAndApprove(ports, insurer, payout, clearly);
  return payout;
}

/** A person who is enrolled as a releaser. */
async function releaser(): Promise<Act> {
  const act = somebody();
  const person = personOf(act) ?? "";
  await enrol(app, "https://issuer.test", person, {
    insurer,
    role: "releaser",
    person,
    kind: "person",
  });
  return act;
}

const newFile = (): string => newHandle(random);

/** The newest record of a payout, opened. */
async function newestOf(payout: string): Promise<Record<string, unknown>> {
  const record = (await ports.store.records(insurer, payout)).at(-1);
  if (!record) throw new Error("no record");
  const openings = await openRecord(ports, insurer, record);
  return Object.fromEntries(openings.map(({ path, value }) => [path, value]));
}

describe("an order to release", () => {
  test("waits for its window, is carried out once as its person's act, and says when it was ordered", async () => {
    const [payout, file, act] = [await approved(), newFile(), await releaser()];
    const window = { opensAt: act.now + hourUs, closesAt: act.now + 2n * hourUs };
    expect(await orderRelease(ports, insurer, file, [payout], window, act)).toEqual({ file });
    expect(await releaseOrdered(ports, insurer, clearly, unexpected)).toEqual([]);

    const open = at(window.opensAt);
    const [done] = await releaseOrdered(open, insurer, clearly, unexpected);
    expect(done).toMatchObject({ file, outcome: { lines: [{ payout }], left: [] } });
    expect(await newestOf(payout)).toMatchObject({
      orderedAt: formatInstant(act.now),
      by: { person: act.signatory?.person },
      file: { handle: file },
    });
    expect(await ports.orders.stateOf(insurer, file)).toBe("carried-out");
    expect(await releaseOrdered(open, insurer, clearly, unexpected)).toEqual([]);
  });

  test("lapses, releasing nothing, when its window closed first", async () => {
    const [payout, file, act] = [await approved(), newFile(), await releaser()];
    const window = { opensAt: act.now, closesAt: act.now + hourUs };
    await orderRelease(ports, insurer, file, [payout], window, act);
    const late = await releaseOrdered(at(window.closesAt), insurer, clearly, unexpected);
    expect(late).toEqual([{ file, outcome: "lapsed" }]);
    expect(await ports.store.payoutsIn(insurer, file)).toEqual([]);
    expect(await releaseOrdered(ports, insurer, clearly, unexpected)).toEqual([]);
  });

  test("whose run was killed between the release and its row is only ended by the next", async () => {
    const [payout, other, file, act] = [
      await approved(),
      await approved(),
      newFile(),
      await releaser(),
    ];
    const window = { opensAt: act.now, closesAt: act.now + hourUs };
    await orderRelease(ports, insurer, file, [payout, other], window, act);
    await releaseFile(ports, insurer, file, [payout], clearly, act);
    const [again] = await releaseOrdered(at(act.now + 1_000_000n), insurer, clearly, unexpected);
    expect(again).toEqual({ file, outcome: refused("duplicate") });
    expect(await ports.orders.stateOf(insurer, file)).toBe("carried-out");
    expect(await ports.store.payoutsIn(insurer, file)).toEqual([payout]);
  });

  test("run by several at once makes one file, in one transaction", async () => {
    const payouts = [await approved(), await approved(), await approved()];
    const [file, act] = [newFile(), await releaser()];
    const window = { opensAt: act.now, closesAt: act.now + hourUs };
    await orderRelease(ports, insurer, file, payouts, window, act);
    // Each sees a part of the payouts only: without a key of the file's own, each would release its part under the same name.
    const parts = payouts.map((payout) =>
      releaseFile(ports, insurer, file, [payout], clearly, act),
    );
    const runs = await Promise.all(parts);
    expect(runs.filter((run) => !isRefusal(run))).toHaveLength(1);
    expect(runs.filter(isRefusal)).toEqual([refused("duplicate"), refused("duplicate")]);
    expect(await ports.store.payoutsIn(insurer, file)).toHaveLength(1);
    await ports.orders.end(insurer, file, "cancelled");
  });

  test("that screening outlasts releases nothing", async () => {
    const [payout, file, act] = [await approved(), newFile(), await releaser()];
    const window = { opensAt: act.now, closesAt: act.now + hourUs };
    await orderRelease(ports, insurer, file, [payout], window, act);
    let now = act.now + 1n;
    const slow: OrderPorts = { ...ports, clock: () => now };
    const slowly = async () => {
      now = window.closesAt;
      return clearly();
    };
    const [late] = await releaseOrdered(slow, insurer, slowly, unexpected);
    expect(late).toEqual({ file, outcome: refused("order-lapsed") });
    expect(await ports.orders.stateOf(insurer, file)).toBe("lapsed");
    expect(await ports.store.payoutsIn(insurer, file)).toEqual([]);
  });

  test("of somebody who may no longer release when the window opens is refused, and named", async () => {
    const [payout, other, file] = [await approved(), await approved(), newFile()];
    const [act, who] = [await releaser(), await releaser()];
    const window = { opensAt: act.now, closesAt: act.now + hourUs };
    await orderRelease(ports, insurer, file, [payout], window, act);
    await orderRelease(ports, insurer, newFile(), [other], window, who);
    const owner = openPool({ url: platform.superuserUrl, max: 1 });
    await owner.query("UPDATE principal SET role = 'adjuster' WHERE person = $1", [personOf(act)]);
    const told: string[] = [];
    const later = at(act.now + 1_000_000n);
    await workOnce(later, [insurer], clearly, (_, { alarm, detail }) => {
      told.push(`${alarm} ${detail}`);
    });
    expect(told).toEqual([
      `order-refused release order ${file}: Whoever ordered it may no longer release.`,
    ]);
    expect(await ports.orders.stateOf(insurer, file)).toBe("refused");
    expect(await ports.store.payoutsIn(insurer, file)).toEqual([]);
    expect(await ports.store.waiting(insurer, "payout", "approved", 100)).toContain(payout);
    expect(await ports.store.waiting(insurer, "payout", "released", 100)).toContain(other);
    // Closed is closed, whoever is enrolled again.
    await owner.query("UPDATE principal SET role = 'releaser' WHERE person = $1", [personOf(act)]);
    await owner.end();
    expect(await releaseOrdered(later, insurer, clearly, unexpected)).toEqual([]);
  });

  test("of which nothing can go is refused, not carried out", async () => {
    const [payout, file, act] = [await approved(), newFile(), await releaser()];
    const window = { opensAt: act.now, closesAt: act.now + hourUs };
    await orderRelease(ports, insurer, file, [payout], window, act);
    const hit = async () => ({ list: "test", result: "hit" }) as const;
    await releaseOrdered(at(act.now + 1_000_000n), insurer, hit, unexpected);
    expect(await ports.orders.stateOf(insurer, file)).toBe("refused");
  });

  test("whose row was changed, to another person's name or at all, is passed over and named; the others go", async () => {
    const [first, second] = [await approved(), await approved()];
    const [changed, whole, act] = [newFile(), newFile(), await releaser()];
    const window = { opensAt: act.now, closesAt: act.now + hourUs };
    await orderRelease(ports, insurer, changed, [first], window, act);
    const after = { ...window, opensAt: act.now + 1n };
    await orderRelease(ports, insurer, whole, [second], after, act);
    const other = somebody();
    await orderRelease(
      ports,
      insurer,
      newFile(),
      [first],
      { ...window, opensAt: window.closesAt - 1n },
      other,
    );
    const owner = openPool({ url: platform.superuserUrl, max: 1 });
    const person = other.signatory?.person;
    await owner.query("UPDATE release_orders SET person = $2 WHERE file = $1", [changed, person]);
    await owner.end();
    const told: string[] = [];
    const done = await releaseOrdered(at(act.now + 2n), insurer, clearly, (error) => {
      told.push(`${error}`);
    });
    expect(told).toEqual([expect.stringMatching(`^Malformed: release order ${changed}:`)]);
    expect(done).toMatchObject([{ file: whole, outcome: { lines: [{ payout: second }] } }]);
    expect(await ports.store.payoutsIn(insurer, changed)).toEqual([]);
    await ports.orders.end(insurer, changed, "cancelled");
  });

  test("whose row has the order of another file, of the same person, is passed over and named", async () => {
    const payouts = [await approved(), await approved()];
    const [files, act] = [[newFile(), newFile()], somebody()];
    const window = { opensAt: act.now, closesAt: act.now + hourUs };
    for (const [at, file] of files.entries()) {
      await orderRelease(ports, insurer, file, [payouts[at] ?? ""], window, act);
    }
    const owner = openPool({ url: platform.superuserUrl, max: 1 });
    await owner.query(
      `UPDATE release_orders a SET content = b.content FROM release_orders b
       WHERE a.file <> b.file AND a.file = ANY($1::text[]) AND b.file = ANY($1::text[])`,
      [files],
    );
    await owner.end();
    const told: string[] = [];
    const passOver = (error: unknown) => void told.push(`${error}`);
    expect(await releaseOrdered(at(act.now + 1n), insurer, clearly, passOver)).toEqual([]);
    expect(told.sort()).toEqual(
      files.sort().map((file) => expect.stringMatching(`^Malformed: release order ${file}:`)),
    );
    for (const file of files) {
      expect(await ports.store.payoutsIn(insurer, file)).toEqual([]);
      await ports.orders.end(insurer, file, "cancelled");
    }
  });

  test("is refused to a machine, without payouts, and for a window that is over, inside out or too far off", async () => {
    const act = somebody();
    const order = (opens: bigint, closes: bigint, payouts: readonly string[], by = act) =>
      orderRelease(
        ports,
        insurer,
        newFile(),
        payouts,
        { opensAt: by.now + opens * hourUs, closesAt: by.now + closes * hourUs },
        by,
      );
    const payout = newHandle(random);
    expect(await order(0n, 1n, [payout], machine() as typeof act)).toEqual(
      refused("person-required"),
    );
    expect(await order(0n, 1n, [])).toEqual(refused("wrong-state"));
    expect(await order(-2n, -1n, [payout])).toEqual(refused("order-lapsed"));
    expect(await order(2n, 1n, [payout])).toEqual(refused("order-lapsed"));
    expect(await order(167n, 169n, [payout])).toEqual(refused("order-lapsed"));
  });
});

test("an instalment waits for its day, and is then screened and approved under the pack, oldest first", async () => {
  const claim = await decided(9_000n);
  const [whole] = await ports.store.payoutsOf(insurer, claim);
  await voidOne(ports, insurer, whole ?? "", "paid in instalments", somebody());
  const today = dayOf(machine().now);
  const payments = [3n, 1n, 2n].map((days) => ({
    payout: newHandle(random),
    amount: usd(3_000n),
    due: today + days,
  }));
  expect(isRefusal(await schedule(ports, insurer, claim, payments, machine()))).toBe(false);
  expect(await screenDue(ports, insurer, clearly, unexpected)).toBe(0);
  const inTwoDays = at((today + 2n) * 24n * hourUs);
  expect(await screenDue(inTwoDays, insurer, clearly, unexpected)).toBe(2);
  expect(await screenDue(inTwoDays, insurer, clearly, unexpected)).toBe(0);
  const waiting = await ports.store.waiting(insurer, "payout", "approved", 100);
  expect(payments.map(({ payout }) => waiting.includes(payout))).toEqual([false, true, true]);
});

test("a held payout is screened again a day later, and a day after that, until it is clear: then it goes on from where it was", async () => {
  const [first] = await ports.store.payoutsOf(insurer, await decided(7_000n));
  const [waits = "", payout = ""] = [first, await approved()];
  const hit = async () => ({ list: "2026-01", result: "hit" }) as const;
  const down = async () => {
    throw new Unavailable("screening", "does not answer");
  };
  await screenAndApprove(ports, insurer, waits, down);
  await screenAndApprove(ports, insurer, payout, hit);
  const count = async (of: string) => (await ports.store.records(insurer, of)).length;
  const [before, start] = [await count(payout), ports.clock()];
  const held = await ports.store.waiting(insurer, "payout", "held", 10);
  expect([held.includes(payout), held.includes(waits)]).toEqual([true, true]);
  const later = (hours: bigint) => at(start + hours * hourUs);
  expect(await screenHeld(later(23n), insurer, clearly, unexpected)).toBe(0);
  // Each day once, whatever it says: the record says which list, and when.
  expect(await screenHeld(later(25n), insurer, hit, unexpected)).toBe(held.length);
  expect(await screenHeld(later(25n), insurer, hit, unexpected)).toBe(0);
  expect(await count(payout)).toBe(before + 1);
  expect(await newestOf(payout)).toMatchObject({ list: "2026-01", result: "hit" });
  expect(await ports.store.waiting(insurer, "payout", "held", 10)).toHaveLength(held.length);

  await workOnce(later(50n), [insurer], clearly, unexpected as never);
  expect(await ports.store.waiting(insurer, "payout", "held", 10)).toEqual([]);
  const going = await ports.store.waiting(insurer, "payout", "approved", 100);
  expect([going.includes(payout), going.includes(waits)]).toEqual([true, true]);
  expect(await count(payout)).toBe(before + 2);
});

test("as many changed rows as a round takes, of payouts and of orders, hide no sound one, and each is told", async () => {
  const [proposed = ""] = await ports.store.payoutsOf(insurer, await decided());
  const [payout, file, act] = [await approved(), newFile(), await releaser()];
  const window = { opensAt: act.now + 1n, closesAt: act.now + hourUs };
  await orderRelease(ports, insurer, file, [payout], window, act);
  const owner = openPool({ url: platform.superuserUrl, max: 1 });
  await owner.query(
    `INSERT INTO payout (insurer, stream, version, leaf_hash, ord, status, state, claim, person)
     SELECT insurer, lpad(to_hex(n), 32, '0'), version, leaf_hash, n, 'proposed', '\\x00', claim, person
     FROM payout, generate_series(1, 200) AS n WHERE stream = $1`,
    [proposed],
  );
  await owner.query(
    `INSERT INTO release_orders (insurer, file, person, content, opens_at, state)
     SELECT insurer, lpad(to_hex(n), 32, '0'), person, '\\x00', 0, 'waiting'
     FROM release_orders, generate_series(1, 20) AS n WHERE file = $1`,
    [file],
  );
  const told: string[] = [];
  const alarms = (_: string, { detail }: { readonly detail: string }) => void told.push(detail);
  await workOnce(at(act.now + 2n), [insurer], clearly, alarms);
  await owner.query("DELETE FROM payout WHERE state = '\\x00'");
  await owner.query("DELETE FROM release_orders WHERE content = '\\x00'");
  await owner.end();
  expect(await ports.store.waiting(insurer, "payout", "approved", 100)).toContain(proposed);
  expect(await ports.orders.stateOf(insurer, file)).toBe("carried-out");
  expect(told.filter((detail) => detail.startsWith("payout "))).toHaveLength(200);
  expect(told.filter((detail) => detail.startsWith("release order "))).toHaveLength(20);
});
