import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { openPool, type Pool } from "../../functions/adapters/postgres/pool.ts";
import { committedEntries } from "../../functions/adapters/postgres/publishing.ts";
import { tlogEngine } from "../../functions/adapters/tlog/engine.ts";
import { adjudicateWaiting } from "../../functions/adjudicator/core.ts";
import { claimsPort } from "../../functions/command/claims-port.ts";
import { decisionsPort } from "../../functions/command/decisions-port.ts";
import { newHandle } from "../../functions/command/handle.ts";
import { propose } from "../../functions/payouts/propose.ts";
import { releaseFile } from "../../functions/payouts/release.ts";
import { recordReports } from "../../functions/payouts/reports.ts";
import { screenAndApprove } from "../../functions/payouts/screening.ts";
import { advance } from "../../functions/publisher/advance.ts";
import type { LogPorts } from "../../functions/publisher/ports.ts";
import { initSigner, signingGate } from "../../functions/signer/core.ts";
import { memoryStore } from "../../local/objects/memory.ts";
import type { Role } from "../../shared/api/role.ts";
import { fromHex, toHex, utf8 } from "../../shared/base/bytes.ts";
import { dayOf, parseDay } from "../../shared/base/day.ts";
import { isRefusal } from "../../shared/base/refusal.ts";
import { sha256 } from "../../shared/base/sha256.ts";
import type { Caller, ClaimsPort } from "../../shared/ports/claims.ts";
import { verifyReceipt } from "../../shared/proof/receipt.ts";
import { checkpointKeyOf, logSigners } from "../log/signers.ts";
import { clearly } from "../payout/sample.ts";
import { signedIn } from "../policy/sample.ts";
import { reserve } from "./claim-steps.ts";
import {
  openInsurer,
  random,
  somebody,
  startPlatform,
  type TestPlatform,
  usd,
} from "./platform.ts";

const origin = "test.countersign.example/acme";
const signers = logSigners(origin, 3);
const logs = signers.map(({ key }) => ({ key }));
const trust = { logs, witnesses: [], groups: [], quorum: "none" };
const [claimant, stranger] = [newHandle(random), newHandle(random)];

let platform: TestPlatform;
let claims: ClaimsPort;
let pools: Pool[] = [];
let log: LogPorts;
let insured: string;
let policy: string;
let claim: string;

const caller = (role: Role, person: string, insurer = "acme"): Caller => ({
  insurer,
  role,
  person,
  kind: "person",
  credential: signedIn,
});

beforeAll(async () => {
  platform = await startPlatform();
  const { ports, published } = platform;
  ({ insured, policy } = await openInsurer(ports, { limit: null, paying: true }));
  claims = claimsPort(ports, published);
  const open = (role: "sequencer" | "publisher") => openPool({ url: platform.url(role), max: 2 });
  const [sequencer, publisher] = [open("sequencer"), open("publisher")];
  pools = [sequencer, publisher];
  const engine = tlogEngine({ pool: sequencer, clock: ports.clock });
  const signed = memoryStore();
  await initSigner(signed, "acme");
  const { originOf, clock } = ports;
  const keys = signers.map(checkpointKeyOf);
  const gate = signingGate({ store: signed, keys, extend: engine.extend, originOf, clock });
  const committed = committedEntries(publisher);
  const stores = { published, live: published, sealed: memoryStore() };
  const today = () => dayOf(ports.clock());
  const logKeys = async () => signers.map(({ key }) => key);
  log = { engine, gate, committed, ...stores, today, logKeys };
  claim = await submit();
  await adjudicateWaiting(ports, "acme", 10);
  await advance(log, "acme");
});
afterAll(async () => {
  for (const pool of pools) await pool.end();
  await platform.close();
});

/** The claim of `insured` that an intake files for them. */
async function submit(): Promise<string> {
  const claimed = { minor: 50_000n, currency: "USD" } as const;
  const reply = await claims.submit(
    caller("intake", claimant),
    {
      policy,
      onBehalfOf: insured,
      event: "illness",
      lossDate: parseDay("2021-03-04", "loss"),
      diagnoses: [],
      lines: [{ service: "surgery", claimed, contracted: { amount: claimed, source: "plan" } }],
      payee: { name: "Test Payee", account: "DE00TEST1" },
    },
    { key: newHandle(random), fingerprint: random(32) },
    platform.ports.clock(),
  );
  if (!("committed" in reply)) throw new Error(JSON.stringify(reply));
  return reply.committed.claim;
}

/** The leaf hash of the newest record of a stream. */
async function newest(stream: string): Promise<string> {
  const record = (await platform.ports.store.records("acme", stream)).at(-1);
  return toHex(record?.leafHash ?? new Uint8Array());
}

/** The fields that the caller's receipt of this record shows, after verifying it; else what was answered. */
async function shown(by: Caller, leafHash: string): Promise<readonly string[] | string> {
  const receipt = await claims.receipt(by, leafHash);
  if (isRefusal(receipt)) return receipt.refused;
  if ("pending" in receipt) return "pending";
  const verified = verifyReceipt(utf8(receipt.text), trust);
  if ("refused" in verified) throw new Error(verified.detail);
  expect(toHex(verified.leafHash)).toBe(leafHash);
  return verified.openings.map(({ path }) => path);
}

describe("a receipt of a decision on a claim", () => {
  test("shows the insured person what is about them", async () => {
    const fields = await shown(caller("claimant", insured), await newest(claim));
    expect(fields).toEqual(expect.arrayContaining(["award", "outcome", "inputs"]));
  });

  test("is there for whoever submitted the claim, without the insured person's fields", async () => {
    expect(await shown(caller("claimant", claimant), await newest(claim))).toEqual([]);
  });

  test("shows the adjuster all, a releaser and an auditor nothing, and is not there for an intake that did not submit the claim", async () => {
    const leaf = await newest(claim);
    expect(await shown(caller("adjuster", stranger), leaf)).toContain("award");
    for (const role of ["releaser", "auditor"] as const) {
      expect(await shown(caller(role, stranger), leaf)).toEqual([]);
    }
    expect(await shown(caller("intake", stranger), leaf)).toBe("not-found");
  });

  test.each<[string, Caller]>([
    ["another claimant", caller("claimant", stranger)],
    ["another insurer's adjuster", caller("adjuster", stranger, "another")],
    ["the insured person, asked as another insurer's", caller("claimant", claimant, "another")],
  ])("is not found for %s, as a hash of no record is not", async (_, by) => {
    const refused = await claims.receipt(by, await newest(claim));
    expect(refused).toMatchObject({ refused: "not-found" });
    expect(refused).toEqual(await claims.receipt(by, "00".repeat(32)));
  });

  test("is pending, for those who may know, until a checkpoint covers the record", async () => {
    const leaf = await newest(await submit());
    expect(await shown(caller("claimant", insured), leaf)).toBe("pending");
    expect(await shown(caller("claimant", stranger), leaf)).toBe("not-found");
    await advance(log, "acme");
    expect(await shown(caller("claimant", insured), leaf)).toContain("claimed");
  });
});

describe("the letter of a decision", () => {
  const decision = async (): Promise<bigint> =>
    (await platform.ports.store.records("acme", claim)).at(-1)?.version ?? 0n;

  test("is for the insured person, the claimant and the adjuster, and is the one the record seals", async () => {
    const version = await decision();
    const letters = [
      await decisionsPort(platform.ports).letter(caller("claimant", insured), claim, version),
      await decisionsPort(platform.ports).letter(caller("claimant", claimant), claim, version),
      await decisionsPort(platform.ports).letter(caller("adjuster", stranger), claim, version),
    ];
    const [letter] = letters;
    if (!letter || isRefusal(letter)) throw new Error("no letter");
    expect(letters).toEqual([letter, letter, letter]);
    expect(letter.text).toContain(`DECISION ON CLAIM ${claim}\nacme, `);
    const receipt = await claims.receipt(caller("claimant", insured), await newest(claim));
    const verified = "text" in receipt ? verifyReceipt(utf8(receipt.text), trust) : receipt;
    if (!("openings" in verified)) throw new Error("no openings");
    const sealed = verified.openings.find(({ path }) => path === "letter")?.value;
    expect(sealed).toBe(toHex(sha256(utf8(letter.text))));
  });

  test("is not found for others, nor under the version of a record that is no decision", async () => {
    const version = await decision();
    const refused = async (by: Caller, at = version) =>
      (await decisionsPort(platform.ports).letter(by, claim, at)) as { refused?: string };
    expect((await refused(caller("claimant", stranger))).refused).toBe("not-found");
    expect((await refused(caller("adjuster", stranger, "another"))).refused).toBe("not-found");
    expect((await refused(caller("claimant", insured), 1n)).refused).toBe("not-found");
    expect((await refused(caller("claimant", insured), version + 1n)).refused).toBe("not-found");
    for (const role of ["releaser", "auditor", "intake"] as const) {
      expect((await refused(caller(role, insured))).refused).toBe("not-permitted");
    }
  });
});

describe("a receipt of another record", () => {
  test("of a payout or policy is for the person it is about, not for whoever claimed", async () => {
    const [payout = ""] = await platform.ports.store.payoutsOf("acme", claim);
    for (const stream of [payout, policy]) {
      const leaf = await newest(stream);
      expect(await shown(caller("claimant", insured), leaf)).toContain("insured");
      expect(await shown(caller("claimant", claimant), leaf)).toBe("not-found");
    }
  });

  test("of what the bank said is the insured person's: it lists, verifies, and shows what was paid", async () => {
    const { ports } = platform;
    const own = await submit();
    await adjudicateWaiting(ports, "acme", 10);
    const [payout = ""] = await ports.store.payoutsOf("acme", own);
    await screenAndApprove(ports, "acme", payout, clearly);
    const releaser = somebody();
    await releaseFile(ports, "acme", newHandle(random), [payout], clearly, releaser);
    const amount = { currency: "USD", decimal: "500.00" };
    const message = "0a".repeat(32);
    const line = { payout, report: "settled", amount, reference: "BK1", message } as const;
    expect(await recordReports(ports, "acme", [line])).toEqual({ outcomes: ["moved"] });
    await advance(log, "acme");

    const listed = async (by: Caller) => {
      const list = await claims.receipts(by, own);
      if (isRefusal(list)) throw new Error(list.detail);
      return list.records.filter((record) => record.payout === payout);
    };
    const records = await listed(caller("claimant", insured));
    const types = ["proposed", "screened", "approved", "released", "reported"];
    expect(records.map(({ type }) => type)).toEqual(types.map((type) => `payout.${type}`));
    expect(records.every(({ signed }) => signed)).toBe(true);
    const leaf = records.at(-1)?.leafHash ?? "";
    expect(await shown(caller("claimant", insured), leaf)).toEqual([
      ...["amount", "message", "now", "reference", "report"],
    ]);
    // Who filed it for them learns nothing of the money.
    expect(await listed(caller("claimant", claimant))).toEqual([]);
    expect(await shown(caller("claimant", claimant), leaf)).toBe("not-found");
    expect(await listed(caller("adjuster", stranger))).toHaveLength(types.length);
  });

  test("of an expense, which is paid to somebody else, is for the insurer's people alone", async () => {
    const { ports } = platform;
    const payout = newHandle(random);
    const vendor = { name: "Loss Adjusters", account: "SIMVENDOR" };
    const asked = { head: "expense", amount: usd(100n), payee: vendor } as const;
    for (const done of [
      await reserve(ports, "acme", claim, usd(60_000n), somebody()),
      await propose(ports, "acme", claim, payout, asked, somebody()),
    ]) {
      if (isRefusal(done)) throw new Error(done.detail);
    }
    await advance(log, "acme");
    const leaf = await newest(payout);
    expect(await shown(caller("adjuster", stranger), leaf)).toContain("payee");
    expect(await shown(caller("claimant", insured), leaf)).toBe("not-found");
    const seen = async (by: Caller) => {
      const [list, view] = [await claims.receipts(by, claim), await claims.claim(by, claim)];
      if (isRefusal(list) || isRefusal(view)) throw new Error("refused");
      return [
        list.records.some((record) => record.payout === payout),
        view.claim.payouts.some((one) => one.payout === payout),
      ];
    };
    expect(await seen(caller("adjuster", stranger))).toEqual([true, true]);
    expect(await seen(caller("claimant", insured))).toEqual([false, false]);
  });

  test("about nobody is for the insurer's people and auditors", async () => {
    const genesis = (await log.committed.leafHashes("acme", 0n, 1n)).map(toHex)[0] ?? "";
    expect(await shown(caller("auditor", stranger), genesis)).toEqual([]);
    expect(await shown(caller("claimant", insured), genesis)).toBe("not-found");
  });
});

test("the leaf hashes of a sealed record are as many as its type has; a public record has none", async () => {
  const { store } = platform.ports;
  const [submitted] = await store.records("acme", claim);
  const leaves = await store.leaves("acme", claim, submitted?.version ?? 0n);
  expect(leaves.map(({ length }) => length)).toEqual(Array(16).fill(32));
  const [genesis] = await log.committed.leafHashes("acme", 0n, 1n);
  const found = await store.recordByLeaf(genesis ?? fromHex(""));
  expect(await store.leaves("acme", found?.stream ?? "", 1n)).toEqual([]);
});
