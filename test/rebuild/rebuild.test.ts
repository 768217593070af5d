import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { bankRows } from "../../functions/adapters/postgres/bank-rows.ts";
import { adjudicate } from "../../functions/adjudicator/adjudicate.ts";
import { claimsPort } from "../../functions/command/claims-port.ts";
import { commitCommand } from "../../functions/command/commit.ts";
import { decide } from "../../functions/command/decide.ts";
import { newHandle } from "../../functions/command/handle.ts";
import { packCatalog } from "../../functions/command/pack-catalog.ts";
import { releaseFile } from "../../functions/payouts/release.ts";
import { recordReports } from "../../functions/payouts/reports.ts";
import { screenAndApprove } from "../../functions/payouts/screening.ts";
import { advance } from "../../functions/publisher/advance.ts";
import { initSigner } from "../../functions/signer/core.ts";
import { memoryStore } from "../../local/objects/memory.ts";
import { isLive } from "../../shared/api/log-path.ts";
import { toHex, utf8 } from "../../shared/base/bytes.ts";
import { dayOf } from "../../shared/base/day.ts";
import { isRefusal } from "../../shared/base/refusal.ts";
import { formatVerifierKey } from "../../shared/log/key.ts";
import { recordReconciliation } from "../../shared/policy/reconciliation.ts";
import type { ObjectStore } from "../../shared/ports/objects.ts";
import { verifyReceipt } from "../../shared/proof/receipt.ts";
import { bankSays } from "../command/bank-says.ts";
import {
  callerOf,
  machine,
  openInsurer,
  random,
  rulingOf,
  startPlatform,
  submissionOf,
  submitClaimOf,
  type TestPlatform,
  usd,
} from "../command/platform.ts";
import { bankMessage, clearly } from "../payout/sample.ts";
import { signedIn } from "../policy/sample.ts";
import {
  insurer,
  keys,
  newPlace,
  type Place,
  rebuildInto,
  rowsOf,
  type Stores,
} from "./platform.ts";

/* A log of some forty entries; then its database is gone, and the live store too. */
let platform: TestPlatform;
let stores: Stores;
let before: Place;
let policy: string;
let insured: string;
let claims: string[];
/** A payout that its bank booked twice. */
let twice: string;
const places: Place[] = [];
const place = async (over = stores): Promise<Place> => {
  const made = await newPlace(platform.ports, over);
  places.push(made);
  return made;
};

beforeAll(async () => {
  platform = await startPlatform();
  stores = { published: memoryStore(), sealed: memoryStore(), signed: memoryStore() };
  before = await place();
  const ports = { ...before.ports, packs: packCatalog(stores.published) };
  await initSigner(stores.signed, insurer);
  ({ policy, insured } = await openInsurer(ports, {
    paying: true,
    limit: 300_000n,
    keys: keys.map(formatVerifierKey),
  }));
  const intake = callerOf(insurer, "intake");
  claims = await Promise.all(
    Array.from({ length: 7 }, (_, i) => {
      const stated = submissionOf(policy, 50_000n, i % 3 === 0 ? undefined : 30_000n);
      return submitClaimOf(ports, intake, { ...stated, onBehalfOf: insured });
    }),
  );
  await advance(before.log, insurer);
  for (const claim of claims.slice(1)) await adjudicate(ports, insurer, claim);
  const adjuster = callerOf(insurer, "adjuster");
  const goodwill = rulingOf({ outcome: "PAY_PART", amount: usd(40_000n), reasonCode: "GOODWILL" });
  await decide(ports, adjuster, claims[3] ?? "", goodwill, {}, machine().now);
  const payouts = await ports.store.waiting(insurer, "payout", "proposed", 100);
  for (const payout of payouts) await screenAndApprove(ports, insurer, payout, clearly);
  const signatory = { person: newHandle(random), credential: signedIn };
  const paid = payouts.slice(1);
  await releaseFile(ports, insurer, newHandle(random), paid, clearly, {
    ...machine(),
    kind: "person",
    signatory,
  });
  const settled = await bankSays(ports, insurer, paid, "settled");
  await recordReports(ports, insurer, settled);
  [twice = ""] = paid;
  await recordReports(ports, insurer, await bankSays(ports, insurer, [twice], "settled", "r2"));
  // A reconciliation that closes what it never opened: a finding, and no reason to lose the database.
  const closed = [{ kind: "contradicted" as const, about: twice, message: bankMessage }];
  const told = {
    number: 1n,
    day: dayOf(ports.clock()),
    payments: 0n,
    matched: 0n,
    opened: [],
    closed,
  };
  await commitCommand<object>(ports, insurer, ports.clock(), async (transaction) => {
    const event = recordReconciliation(await transaction.insurer(), told);
    return isRefusal(event) ? event : transaction.append(event, machine());
  });
  for (let steps = 0; steps < 2; steps++)
    await advance({ ...before.log, today: () => before.log.today() + 1n }, insurer);
});
afterAll(async () => {
  for (const each of places) await each.close();
  await platform.close();
});

const keysOf = async (store: ObjectStore): Promise<string[]> => {
  const all: string[] = [];
  for await (const key of store.list("")) all.push(key);
  return all;
};
/** A copy of a store; `change` may leave an object out or give other bytes. */
async function copied(
  store: ObjectStore,
  change: (key: string, bytes: Uint8Array) => Uint8Array | undefined = (_, bytes) => bytes,
): Promise<ObjectStore> {
  const copy = memoryStore();
  for (const key of await keysOf(store)) {
    const bytes = change(key, (await store.get(key))?.bytes ?? utf8(""));
    if (bytes) await copy.putIfAbsent(key, bytes);
  }
  return copy;
}
const withoutLive = () =>
  copied(stores.published, (key, bytes) => (isLive(key) ? undefined : bytes));

describe("a database that is gone", () => {
  test("comes back row for row from the locked store, the sealed store and the keys, and the log goes on", async () => {
    const left: Stores = {
      published: await withoutLive(),
      sealed: await copied(stores.sealed),
      signed: await copied(stores.signed),
    };
    const after = await place(left);
    const { size } = (await after.log.gate.latest(insurer)) as { size: bigint };
    expect(size).toBeGreaterThanOrEqual(40n);
    expect(await rebuildInto(after, left)).toEqual({ size });
    const open = await bankRows(after.owner).list(insurer, "open", 10);
    expect(open).toMatchObject([{ kind: "booked-twice", about: twice, message: bankMessage }]);
    const [was, is] = [await rowsOf(before), await rowsOf(after)];
    for (const table of Object.keys(was)) expect([table, is[table]]).toEqual([table, was[table]]);
    expect(is.payout?.length).toBeGreaterThan(2);
    const proposed = (at: Place) => at.ports.store.waiting(insurer, "claim", "submitted", 100);
    expect(await proposed(after)).toEqual(await proposed(before));

    const [claim = ""] = claims;
    await advance(after.log, insurer);
    const checkpoint = await left.published.get(`${insurer}/checkpoint`);
    expect(checkpoint).toEqual(await stores.published.get(`${insurer}/checkpoint`));
    const ports = { ...after.ports, packs: packCatalog(left.published) };
    expect(await adjudicate(ports, insurer, claim)).not.toHaveProperty("refused");
    const more = { ...submissionOf(policy, 60_000n), onBehalfOf: insured };
    const added = await submitClaimOf(ports, callerOf(insurer, "intake"), more);
    expect(await advance(after.log, insurer)).toMatchObject({ size: size + 2n });
    for (const stream of [claim, added]) {
      const [record] = await ports.store.records(insurer, stream);
      const read = claimsPort(ports, left.published);
      const receipt = await read.receipt(
        callerOf(insurer, "claimant", insured),
        toHex(record?.leafHash ?? utf8("")),
      );
      if (!("text" in receipt)) throw new Error(JSON.stringify(receipt));
      const logs = keys.map((key) => ({ key }));
      const trust = { logs, witnesses: [], groups: [], quorum: "none" };
      expect(verifyReceipt(utf8(receipt.text), trust)).not.toHaveProperty("refused");
    }
    const again = await place(left);
    expect(await rebuildInto(again, left)).toEqual({ size: size + 2n });
  });

  test("is not written over, nor from what was cut short", async () => {
    expect(await rebuildInto(before, stores)).toMatchObject({ refused: "not-empty" });
    const lost = await copied(stores.published, (key, bytes) =>
      isLive(key) || key.includes("/edges/") ? undefined : bytes,
    );
    const empty = await place();
    expect(await rebuildInto(empty, { ...stores, published: lost })).toMatchObject({
      refused: "log-differs",
      details: [expect.stringMatching(/tile\/entries\/000\.p\/\d+: is missing/)],
    });
    expect((await rowsOf(empty)).insurer).toEqual(["none"]);
    const noState = { ...stores, signed: memoryStore() };
    expect(await rebuildInto(empty, noState)).toMatchObject({ refused: "no-note" });
  });
});

test("a changed byte anywhere in what it is rebuilt from is found, and the object is named", async () => {
  const empty = await place();
  const flipped = (bytes: Uint8Array, at: number) =>
    bytes.map((byte, i) => (i === at ? byte ^ 1 : byte));
  const [published, sealed] = [await withoutLive(), stores.sealed];
  const inPublished = (await keysOf(published)).filter((key) => !key.endsWith("/checkpoint"));
  const newest = `edges/${
    (await keysOf(published))
      .filter((key) => key.includes("/edges/"))
      .at(-1)
      ?.split("/")[2]
  }`;
  const parts = (await keysOf(sealed)).filter((key) => !key.includes("/leaves/"));
  const used = inPublished.filter((key) => !key.includes("/edges/") || key.includes(newest));
  for (const [store, key] of [
    ...used.map((key) => ["published", key] as const),
    ...parts.slice(0, 4).map((key) => ["sealed", key] as const),
    ...(await keysOf(sealed))
      .filter((key) => key.includes("/leaves/"))
      .map((key) => ["sealed", key] as const),
  ]) {
    const whole = store === "published" ? published : sealed;
    const changed = await copied(whole, (at, bytes) =>
      at === key ? flipped(bytes, Math.floor(bytes.length / 2)) : bytes,
    );
    const outcome = await rebuildInto(empty, { ...stores, published, [store]: changed });
    expect([key, outcome]).toEqual([key, expect.objectContaining({ refused: "log-differs" })]);
    const named = JSON.stringify(outcome);
    const name =
      key.includes("/leaves/") || store === "published" ? key.split("/").at(-1) : key.split("/")[1];
    expect([key, named]).toEqual([key, expect.stringContaining(String(name))]);
  }
  expect((await rowsOf(empty)).insurer).toEqual(["none"]);
});
