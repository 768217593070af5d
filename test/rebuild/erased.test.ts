import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { bookRows } from "../../functions/adapters/postgres/book-rows.ts";
import { eraserRows } from "../../functions/adapters/postgres/eraser-rows.ts";
import { openPool, type Pool } from "../../functions/adapters/postgres/pool.ts";
import { adjudicate } from "../../functions/adjudicator/adjudicate.ts";
import { viewClaim } from "../../functions/command/claim-reading.ts";
import { commitCommand } from "../../functions/command/commit.ts";
import { decide } from "../../functions/command/decide.ts";
import { newHandle } from "../../functions/command/handle.ts";
import { packCatalog } from "../../functions/command/pack-catalog.ts";
import { wrappedKeyName } from "../../functions/command/person-keys.ts";
import { submit } from "../../functions/command/submit.ts";
import type { EraserPorts } from "../../functions/eraser/effects.ts";
import { approve, hold, request, setRetention } from "../../functions/eraser/requests.ts";
import { addPolicy, type OperatorPorts } from "../../functions/operator/core.ts";
import { releaseFile } from "../../functions/payouts/release.ts";
import { recordReports } from "../../functions/payouts/reports.ts";
import { screenAndApprove } from "../../functions/payouts/screening.ts";
import { advance } from "../../functions/publisher/advance.ts";
import { initSigner } from "../../functions/signer/core.ts";
import { recordPeriod } from "../../functions/totals/core.ts";
import { memoryStore } from "../../local/objects/memory.ts";
import { isRefusal } from "../../shared/base/refusal.ts";
import { formatVerifierKey } from "../../shared/log/key.ts";
import type { ObjectStore } from "../../shared/ports/objects.ts";
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
import { cancelOn, eraseNow, someOperator, stepOn } from "../eraser/ends.ts";
import { clearly } from "../payout/sample.ts";
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

/* Four persons and an adjuster; what the log erased of three of them before its database is lost. */
const both = ["identity-and-health", "financial"] as const;
const today = new Date().toISOString().slice(0, 10);
const refused = (code: string) => expect.objectContaining({ refused: code });

interface Insured {
  readonly person: string;
  readonly policy: string;
  readonly claim: string;
}

let platform: TestPlatform;
let stores: Stores;
let before: Place;
let after: Place;
let ports: OperatorPorts;
let parts: Map<string, Uint8Array>;
let wholly: Insured;
let partly: Insured;
let kept: Insured;
let asking: string;
let totals: object;
const adjuster = callerOf(insurer, "adjuster");
const places: Place[] = [];
const pools: Pool[] = [];

async function place(over = stores): Promise<Place> {
  const made = await newPlace(platform.ports, over);
  places.push(made);
  return made;
}
const portsOf = (at: Place): OperatorPorts => ({
  ...at.ports,
  packs: packCatalog(stores.published),
});
function eraserOf(at: Place): EraserPorts {
  const pool = openPool({ url: at.database.url("eraser"), max: 2 });
  pools.push(pool);
  return {
    rows: eraserRows(pool),
    keys: at.ports.keys,
    sealed: stores.sealed,
    evidence: memoryStore(),
    auditing: memoryStore(),
    jobs: memoryStore(),
  };
}
const bookRowsOf = (at: Place) => {
  const pool = openPool({ url: at.database.url("app"), max: 1 });
  pools.push(pool);
  return bookRows(pool);
};
const must = <T extends object>(done: T): T => {
  if (isRefusal(done)) throw new Error(done.detail);
  return done;
};

beforeAll(async () => {
  platform = await startPlatform();
  stores = { published: memoryStore(), sealed: memoryStore(), signed: memoryStore() };
  before = await place();
  ports = portsOf(before);
  await initSigner(stores.signed, insurer);
  const { terms } = await openInsurer(ports, { keys: keys.map(formatVerifierKey), paying: true });
  const insure = async (): Promise<Insured> => {
    const [person, policy] = [newHandle(random), newHandle(random)];
    const own = { ...terms, insured: person, parties: [{ role: "insured", person } as const] };
    must(await addPolicy(ports, insurer, policy, own, machine()));
    const stated = { ...submissionOf(policy, 50_000n, 30_000n), onBehalfOf: person };
    const claim = await submitClaimOf(ports, callerOf(insurer, "intake"), stated);
    return { person, policy, claim };
  };
  [wholly, partly, kept] = [await insure(), await insure(), await insure()];
  await adjudicate(ports, insurer, wholly.claim);
  await pay(wholly.claim);
  for (const { claim } of [partly, kept]) {
    const stated = { ...submissionOf(kept.policy, 60_000n), onBehalfOf: kept.person };
    const referred =
      claim === kept.claim
        ? await submitClaimOf(ports, callerOf(insurer, "intake"), stated)
        : undefined;
    await adjudicate(ports, insurer, claim);
    if (referred === undefined) continue;
    await adjudicate(ports, insurer, referred);
    const more = rulingOf({ outcome: "PAY_PART", amount: usd(20_000n), reasonCode: "GOODWILL" });
    must(await decide(ports, adjuster, referred, more, {}, machine().now));
  }
  for (const payout of await ports.store.waiting(insurer, "payout", "proposed", 9)) {
    const row = await before.owner.query("SELECT claim FROM payout WHERE stream = $1", [payout]);
    if ((row.rows[0] as { claim: string }).claim === partly.claim) await stop(payout);
  }
  const schedule = [
    { class: "identity-and-health", days: 3_650n },
    { class: "financial", days: 3_650n },
  ] as const;
  must(await setRetention(ports, insurer, schedule, machine()));
  const operator = someOperator(ports, insurer);
  const at = { name: newHandle(random), basis: "regulator" } as const;
  must(await hold(ports, operator, kept.person, at, machine().now));
  asking = newHandle(random);
  must(await request(ports, operator, asking, both, machine().now));
  await advance(before.log, insurer);
  parts = await contentOf(stores.sealed);
  must((await recordPeriod(ports, bookRowsOf(before), insurer, today)) as object);
  for (const { claim, policy } of [wholly, partly]) {
    must(await stepOn(ports, operator, claim, "close"));
    must(await cancelOn(ports, operator, policy));
  }
  await advance(before.log, insurer);
  const eraser = eraserOf(before);
  await eraseNow(ports, eraser, insurer, wholly.person, both);
  await eraseNow(ports, eraser, insurer, partly.person, ["identity-and-health"]);
  expect(await eraseNow(ports, eraser, insurer, adjuster.person, both)).toBe(2);
  await advance(before.log, insurer);
  totals = must((await recordPeriod(ports, bookRowsOf(before), insurer, today)) as object);
  await advance(before.log, insurer);
  after = await place();
});
afterAll(async () => {
  for (const pool of pools) await pool.end();
  for (const each of places) await each.close();
  await platform?.close();
});

async function pay(claim: string): Promise<void> {
  const [payout = ""] = await ports.store.payoutsOf(insurer, claim);
  await screenAndApprove(ports, insurer, payout, clearly);
  const signatory = { person: newHandle(random), credential: signedIn };
  const act = { ...machine(), kind: "person", signatory } as const;
  await releaseFile(ports, insurer, newHandle(random), [payout], clearly, act);
  await recordReports(ports, insurer, await bankSays(ports, insurer, [payout], "settled"));
}
async function stop(payout: string): Promise<void> {
  await screenAndApprove(ports, insurer, payout, clearly);
  const signatory = { person: newHandle(random), credential: signedIn };
  const act = { ...machine(), kind: "person", signatory } as const;
  await releaseFile(ports, insurer, newHandle(random), [payout], clearly, act);
  await recordReports(ports, insurer, await bankSays(ports, insurer, [payout], "rejected"));
}
async function contentOf(store: ObjectStore): Promise<Map<string, Uint8Array>> {
  const all = new Map<string, Uint8Array>();
  for await (const key of store.list("")) {
    all.set(key, (await store.get(key))?.bytes ?? new Uint8Array());
  }
  return all;
}
/** A log's rows, without which claim an erased payout paid and by which file (they were sealed) and without the amounts of who kept the financial class. */
async function comparable(at: Place): Promise<Record<string, unknown[]>> {
  const rows = await rowsOf(at);
  const erased = (row: unknown) => (row as { status: string }).status === "erased";
  return {
    ...rows,
    payout: (rows.payout ?? []).map((row) =>
      erased(row) ? { ...(row as object), claim: "", file: null, due: null } : row,
    ),
    accumulator: (rows.accumulator ?? []).filter(
      (row) => ![wholly, partly].some(({ person }) => person === (row as unknown[])[2]),
    ),
  };
}
const reading = (at: Place, subject: `policy/${string}` | `claim/${string}`) =>
  commitCommand<{ readonly approved: bigint | undefined }>(
    portsOf(at),
    insurer,
    machine().now,
    async (transaction) => ({
      approved: (await transaction.accumulator(subject)).values["medical/approved"],
    }),
  );

describe("a database whose log erased somebody", () => {
  test("comes back as it was: erased rows erased, everybody else's whole, holds and schedule standing", async () => {
    const { size } = (await after.log.gate.latest(insurer)) as { size: bigint };
    expect(await rebuildInto(after, stores)).toEqual({ size });
    const [was, is] = [await comparable(before), await comparable(after)];
    for (const table of Object.keys(was)) expect([table, is[table]]).toEqual([table, was[table]]);
    const gone = (is.claim as { stream: string; status: string; state: unknown }[]).filter(
      ({ status }) => status === "erased",
    );
    expect(gone.map(({ stream }) => stream).sort()).toEqual([wholly.claim, partly.claim].sort());
    expect(gone.every(({ state }) => state === undefined)).toBe(true);
    expect((is.person as unknown[]).length).toBe(5);
    const persons = is.person as { state: { holds: string[]; status: string } }[];
    expect(persons.flatMap(({ state }) => state.holds)).toHaveLength(1);
    expect(persons.filter(({ state }) => state.status === "requested")).toHaveLength(1);
    const [own] = is.insurer as { state: { retention?: object; totals?: object } }[];
    expect(own?.state).toMatchObject({ retention: { version: "4" }, totals: { period: today } });
    // The period in which both were closed and erased says how many it leaves out, and the rebuild's audit footed it.
    expect(totals).toMatchObject({ event: { content: { counts: { reported: 0n, erased: 2n } } } });
  });

  test("no key of an erased person is made again, and no ciphertext of theirs is in a row", async () => {
    for (const [person, classes] of [
      [wholly.person, both],
      [partly.person, ["identity-and-health"]],
      [adjuster.person, both],
    ] as const) {
      for (const each of classes) {
        const context = { insurer, person, class: each };
        expect([wrappedKeyName(context), await after.ports.keys.find(context)]).toEqual([
          wrappedKeyName(context),
          undefined,
        ]);
        const { rows } = await after.owner.query(
          "SELECT 1 FROM sealed_part WHERE person = $1 AND class = $2",
          [person, each],
        );
        expect(rows).toEqual([]);
      }
    }
    const money = await after.owner.query(
      "SELECT 1 FROM sealed_part WHERE person = $1 AND class = 'financial'",
      [partly.person],
    );
    expect(money.rowCount).toBeGreaterThan(0);
  });

  test("what rests on erased amounts is unknown, not zero: nothing more is decided, claimed or read of it", async () => {
    const on = portsOf(after);
    for (const { policy, claim, person } of [wholly, partly]) {
      expect(await reading(after, `policy/${policy}`)).toEqual(refused("erased"));
      expect(await reading(after, `claim/${claim}`)).toEqual(refused("erased"));
      const idempotency = { key: newHandle(random), fingerprint: random(32) };
      const more = { ...submissionOf(policy, 60_000n, 30_000n), onBehalfOf: person };
      const intake = callerOf(insurer, "intake");
      expect(await submit(on, intake, more, idempotency, machine().now)).toEqual(
        refused("no-policy"),
      );
      expect(await adjudicate(on, insurer, claim)).toEqual(refused("erased"));
      expect(await viewClaim(on, adjuster, claim)).toEqual(refused("erased"));
      expect(await stepOn(on, someOperator(on, insurer), claim, "reopen")).toEqual(
        refused("erased"),
      );
    }
    expect(await reading(after, `policy/${kept.policy}`)).toEqual({ approved: 50_000n });
  });

  test("the log goes on: who is left is paid what is left, the rest can still be erased, and all of it is audited again", async () => {
    const on = portsOf(after);
    const stated = { ...submissionOf(kept.policy, 50_000n, 30_000n), onBehalfOf: kept.person };
    const claim = await submitClaimOf(on, callerOf(insurer, "intake"), stated);
    must(await adjudicate(on, insurer, claim));
    expect(await reading(after, `policy/${kept.policy}`)).toEqual({ approved: 80_000n });
    const yes = approve(on, someOperator(on, insurer), kept.person, machine().now);
    expect(await yes).toHaveProperty("refused");
    expect(await eraseNow(on, eraserOf(after), insurer, partly.person, ["financial"])).toBe(3);
    await advance(after.log, insurer);
    must((await recordPeriod(on, bookRowsOf(after), insurer, today)) as object);
    await advance(after.log, insurer);
    const again = await place();
    expect(await rebuildInto(again, stores)).toHaveProperty("size");
    const [was, is] = [await comparable(after), await comparable(again)];
    for (const table of Object.keys(was)) expect([table, is[table]]).toEqual([table, was[table]]);
  });

  test("an old copy of the sealed store does not bring back what was erased", async () => {
    const old = memoryStore();
    for (const [key, bytes] of await contentOf(stores.sealed)) await old.putIfAbsent(key, bytes);
    for (const [key, bytes] of parts) await old.putIfAbsent(key, bytes);
    const again = await place({ ...stores, sealed: old });
    expect(await rebuildInto(again, { ...stores, sealed: old })).toHaveProperty("size");
    expect((await rowsOf(again)).sealed_part).toEqual((await rowsOf(after)).sealed_part);
  });

  test("a ciphertext that no erasure covers and that is not there is a hole: nothing is written", async () => {
    const lost = memoryStore();
    for (const [key, bytes] of await contentOf(stores.sealed)) {
      if (!key.includes(`${kept.claim}/1.${kept.person}`)) await lost.putIfAbsent(key, bytes);
    }
    const empty = await place({ ...stores, sealed: lost });
    expect(await rebuildInto(empty, { ...stores, sealed: lost })).toMatchObject({
      refused: "log-differs",
    });
    expect((await rowsOf(empty)).insurer).toEqual(["none"]);
  });
});
