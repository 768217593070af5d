import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { eraserRows } from "../../functions/adapters/postgres/eraser-rows.ts";
import { openPool, type Pool } from "../../functions/adapters/postgres/pool.ts";
import { adjudicate } from "../../functions/adjudicator/adjudicate.ts";
import { exportJobs } from "../../functions/auditor/export-job.ts";
import { neverBegun } from "../../functions/command/attempt.ts";
import { viewClaim } from "../../functions/command/claim-reading.ts";
import { decide } from "../../functions/command/decide.ts";
import { newHandle } from "../../functions/command/handle.ts";
import { submit } from "../../functions/command/submit.ts";
import { carryOut, carryOutApproved } from "../../functions/eraser/core.ts";
import { eraseDue } from "../../functions/eraser/due.ts";
import { deleteLate, type EraserPorts } from "../../functions/eraser/effects.ts";
import {
  approve,
  hold,
  lift,
  request,
  requestDue,
  setRetention,
} from "../../functions/eraser/requests.ts";
import { memoryStore } from "../../local/objects/memory.ts";
import { utf8 } from "../../shared/base/bytes.ts";
import { partClasses } from "../../shared/base/part-class.ts";
import { isRefusal } from "../../shared/base/refusal.ts";
import type { StepName } from "../../shared/claim/lifecycle.ts";
import type { Caller } from "../../shared/ports/claims.ts";
import { evidenceKey } from "../../shared/ports/evidence.ts";
import { parseRecord } from "../../shared/record/record.ts";
import { partKey } from "../../shared/record/sealed-store.ts";
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
} from "../command/platform.ts";
import { everything } from "../command/rows.ts";
import { cancelOn, eraseNow, stepOn } from "./ends.ts";

const both = ["identity-and-health", "financial"] as const;
const refused = (code: string) => expect.objectContaining({ refused: code });
const now = () => machine().now;

let platform: TestPlatform;
let pool: Pool;
let eraser: EraserPorts;
const sealed = memoryStore();
const documents = memoryStore();
const [auditing, jobs] = [memoryStore(), memoryStore()];
beforeAll(async () => {
  platform = await startPlatform();
  pool = openPool({ url: platform.url("eraser"), max: 2 });
  const rows = eraserRows(pool);
  const { keys } = platform.ports;
  eraser = { rows, keys, sealed, evidence: documents, auditing, jobs };
});
afterAll(async () => {
  await pool?.end();
  await platform?.close();
});

interface Someone {
  readonly insurer: string;
  readonly policy: string;
  readonly claim: string;
  readonly claimant: Caller;
  readonly adjuster: Caller;
  readonly maker: Caller;
  readonly checker: Caller;
}

/** A person with one policy and one claim that a person denied. */
async function someone(insurer: string): Promise<Someone> {
  const { ports } = platform;
  const { policy, insured } = await openInsurer(ports, { insurer });
  const claimant = callerOf(insurer, "claimant", insured);
  const adjuster = callerOf(insurer, "adjuster");
  const claim = await submitClaimOf(ports, claimant, submissionOf(policy, 77_700n));
  await adjudicate(ports, insurer, claim);
  const no = rulingOf({ outcome: "DENY", reasonCode: "NOT_COVERED" });
  await decide(ports, adjuster, claim, no, {}, now());
  const [maker, checker] = [callerOf(insurer, "operator"), callerOf(insurer, "operator")];
  return { insurer, policy, claim, claimant, adjuster, maker, checker };
}

const step = (claim: string, by: Caller, name: StepName) => stepOn(platform.ports, by, claim, name);
const cancel = ({ policy, maker }: Someone) => cancelOn(platform.ports, maker, policy);

/** As {@link someone}, with nothing left open and an erasure approved. */
async function approved(insurer: string): Promise<Someone> {
  const who = await someone(insurer);
  await step(who.claim, who.maker, "close");
  await cancel(who);
  await copySealed(who);
  await request(platform.ports, who.claimant, who.claimant.person, both, now());
  const yes = await approve(platform.ports, who.checker, who.claimant.person, now());
  if (isRefusal(yes)) throw new Error(yes.detail);
  return who;
}

/** What the publisher does: a copy of each ciphertext in the private store. */
async function copySealed({ insurer, claim, policy }: Someone): Promise<void> {
  const { store } = platform.ports;
  for (const stream of [claim, policy]) {
    for (const { version } of await store.records(insurer, stream)) {
      for (const part of await store.parts(insurer, stream, version)) {
        await sealed.putIfAbsent(partKey(insurer, stream, version, part), part.ciphertext);
      }
    }
  }
}

const personsIn = async (stream: string, insurer: string): Promise<string[]> => {
  const persons = new Set<string>();
  for await (const key of sealed.list(`${insurer}/${stream}/`)) {
    persons.add(key.split(".")[1] ?? "");
  }
  return [...persons];
};
const typesOf = async (insurer: string, stream: string): Promise<string[]> =>
  (await platform.ports.store.records(insurer, stream)).map(
    ({ record }) => parseRecord(record).type,
  );

describe("an erasure", () => {
  test("waits until claim, payout and policy are over, and no hold stands; then another operator approves", async () => {
    const { ports } = platform;
    const who = await someone("waits");
    const { person } = who.claimant;
    const stranger = callerOf("waits", "claimant");
    expect(await request(ports, stranger, person, both, now())).toEqual(refused("not-permitted"));
    await request(ports, who.maker, person, both, now());
    const yes = (by = who.checker) => approve(ports, by, person, now());
    expect(await yes(who.maker)).toEqual(refused("same-person"));
    expect(await yes(who.adjuster)).toEqual(refused("not-permitted"));
    expect(await yes()).toEqual(refused("claim-open"));
    await step(who.claim, who.claimant, "appeal");
    expect(await yes()).toMatchObject({ detail: expect.stringContaining(who.claim) });
    const part = rulingOf({ outcome: "DENY", reasonCode: "NOT_COVERED" });
    await decide(ports, callerOf("waits", "adjuster"), who.claim, part, {}, now());
    await step(who.claim, who.maker, "close");
    expect(await yes()).toMatchObject({ detail: expect.stringContaining(who.policy) });
    await cancel(who);
    const name = newHandle(random);
    await hold(ports, who.maker, person, { name, basis: "litigation" }, now());
    expect(await yes()).toEqual(refused("legal-hold"));
    expect(await carryOut(ports, eraser, "waits", person)).toEqual(refused("wrong-state"));
    await lift(ports, who.maker, person, name, now());
    expect(isRefusal(await yes())).toBe(false);
  });

  test("leaves the records and others' parts, and nothing of the person that opens", async () => {
    const { ports } = platform;
    const who = await approved("leaves");
    const { person } = who.claimant;
    const before = await ports.store.records(who.insurer, who.claim);
    expect(await personsIn(who.claim, who.insurer)).toContain(person);
    expect(await carryOut(ports, eraser, who.insurer, person)).toEqual({ places: 2 });
    expect(await ports.store.records(who.insurer, who.claim)).toEqual(before);
    for (const { version } of before) {
      expect((await ports.store.leaves(who.insurer, who.claim, version)).length).toBeGreaterThan(0);
      const parts = await ports.store.parts(who.insurer, who.claim, version);
      expect(parts.map((part) => part.person)).not.toContain(person);
    }
    expect(await personsIn(who.claim, who.insurer)).not.toContain(person);
    expect((await personsIn(who.claim, who.insurer)).length).toBeGreaterThan(0);
    expect(await viewClaim(ports, who.adjuster, who.claim)).toEqual(refused("erased"));
    expect(await viewClaim(ports, who.claimant, who.claim)).toEqual(refused("not-found"));
    expect(await step(who.claim, who.maker, "reopen")).toEqual(refused("erased"));
    expect(await typesOf(who.insurer, person)).toEqual([
      "erasure.requested",
      "erasure.approved",
      "erasure.recorded",
      "erasure.completed",
    ]);
  });

  test("takes the documents of the person's claims, confirmed or only uploaded, and nobody else's; what is uploaded after it goes with the next pass", async () => {
    const { ports } = platform;
    const who = await approved("documents");
    const { insurer, claim, claimant } = who;
    const place = { insurer, claim, evidence: "5".repeat(32) };
    const other = { ...place, claim: newHandle(random) };
    const elsewhere = { ...place, insurer: "another" };
    const others = [other, elsewhere].flatMap((each) => [
      evidenceKey("kept", each),
      evidenceKey("incoming", each),
    ]);
    const upload = async (key: string) => documents.putIfAbsent(key, random(8));
    const own = [evidenceKey("incoming", place), evidenceKey("kept", place)];
    for (const key of [...own, ...others]) await upload(key);
    expect([...own, ...others].filter((key) => key.includes(claimant.person))).toEqual([]);
    const left = async () => {
      const keys: string[] = [];
      for await (const key of documents.list("")) keys.push(key);
      return keys;
    };
    await carryOut(ports, eraser, insurer, claimant.person);
    expect(await left()).toEqual(others.sort());

    const records = (await ports.store.records(insurer, claim)).length;
    for (const key of own) await upload(key);
    await eraseDue(ports, eraser, insurer);
    expect(await left()).toEqual(others);
    expect(await ports.store.records(insurer, claim)).toHaveLength(records);
    const rows = await everything(platform.superuserUrl);
    await eraseDue(ports, eraser, insurer);
    expect(await everything(platform.superuserUrl)).toEqual(rows);
  });

  test("that is over looks for late documents for a day, and never at claims of those who are not erased", async () => {
    const { ports } = platform;
    const [who, stays] = [await approved("late"), await someone("late-not")];
    await carryOut(ports, eraser, who.insurer, who.claimant.person);
    const late = evidenceKey("incoming", { ...who, evidence: "6".repeat(32) });
    const kept = evidenceKey("kept", { ...stays, evidence: "6".repeat(32) });
    for (const key of [late, kept]) await documents.putIfAbsent(key, random(8));
    await hold(
      ports,
      stays.maker,
      stays.claimant.person,
      { name: newHandle(random), basis: "litigation" },
      now(),
    );
    expect(await deleteLate(eraser, who.insurer, now() + 25n * 3_600_000_000n)).toBe(0);
    expect(await deleteLate(eraser, stays.insurer, now())).toBe(0);
    expect(await deleteLate(eraser, who.insurer, now())).toBe(1);
    expect(await documents.get(kept)).toBeDefined();
    await documents.delete(kept);
  });

  test("takes every export of the insurer along, and none of another's", async () => {
    const who = await approved("exported-mutual");
    const files = [who.insurer, "other-mutual"].map((insurer) => {
      const id = newHandle(random);
      return {
        insurer,
        id,
        file: exportJobs.fileKey({ insurer, id }, "first/openings/000000.jsonl") ?? "",
      };
    });
    for (const { insurer, id, file } of files) {
      const view = {
        export: id,
        state: "waiting",
        entries: 1n,
        key: null,
        expires: now(),
      } as const;
      const job = { ...view, by: who.maker.person, order: "", ...neverBegun };
      await exportJobs.begin(auditing, { insurer, id }, job);
      await auditing.putIfAbsent(file, utf8("what a record seals"));
    }
    await carryOut(platform.ports, eraser, who.insurer, who.claimant.person);
    const left: string[] = [];
    for await (const key of auditing.list("")) left.push(key);
    expect(left.filter((key) => key.includes(who.insurer))).toEqual([]);
    expect(left).toHaveLength(3);
  });

  test("reaches the replies kept for others: what an adjuster and an intake were once answered about the person", async () => {
    const { ports } = platform;
    const who = await someone("replies");
    const intake = callerOf("replies", "intake");
    const stated = { ...submissionOf(who.policy, 88_800n), onBehalfOf: who.claimant.person };
    const idempotency = { key: newHandle(random), fingerprint: random(32) };
    const submitted = () => submit(ports, intake, stated, idempotency, now());
    const first = await submitted();
    if (!("committed" in first)) throw new Error("not submitted");
    const { claim } = first.committed;
    await adjudicate(ports, who.insurer, claim);
    const no = rulingOf({ outcome: "DENY", reasonCode: "NOT_COVERED" });
    const ruled = () => decide(ports, who.adjuster, claim, no, { idempotency }, now());
    await ruled();
    for (const again of [await submitted(), await ruled()]) {
      expect(again).toHaveProperty("kept.status", 201);
    }
    for (const each of [claim, who.claim]) await step(each, who.maker, "close");
    await cancel(who);
    await eraseNow(ports, eraser, who.insurer, who.claimant.person, both);
    expect(await submitted()).toEqual(refused("erased"));
    expect(await ruled()).toEqual(refused("erased"));
  });

  test("reaches what was refused: an adjuster's kept refusal says what is left of the person's limit", async () => {
    const { ports } = platform;
    const who = await someone("refusals");
    const idempotency = { key: newHandle(random), fingerprint: random(32) };
    const tooMuch = rulingOf({ outcome: "PAY", amount: { minor: 10n ** 15n, currency: "USD" } });
    const ruled = () => decide(ports, who.adjuster, who.claim, tooMuch, { idempotency }, now());
    const first = await ruled();
    if (!isRefusal(first)) throw new Error("not refused");
    expect(await ruled()).toEqual({ keptRefusal: first });
    await step(who.claim, who.maker, "close");
    await cancel(who);
    await eraseNow(ports, eraser, who.insurer, who.claimant.person, both);
    expect(await ruled()).toEqual(refused("erased"));
  });

  test("makes no key again for somebody who was erased, whatever they ask", async () => {
    const { ports } = platform;
    const who = await someone("keyless");
    await step(who.claim, who.maker, "close");
    await cancel(who);
    await eraseNow(ports, eraser, who.insurer, who.claimant.person, both);
    const { policy: _none, ...stated } = submissionOf(who.policy, 1n);
    const idempotency = { key: newHandle(random), fingerprint: random(32) };
    expect(await submit(ports, who.claimant, stated, idempotency, now())).toEqual(
      refused("erased"),
    );
    const context = { insurer: who.insurer, person: who.claimant.person } as const;
    for (const part of partClasses) {
      expect(await ports.keys.find({ ...context, class: part })).toBeUndefined();
    }
  });

  test("tells nobody else of it: a policy that is unknown, another's or erased is refused alike, under its key, too", async () => {
    const { ports } = platform;
    const who = await someone("alike");
    const stranger = callerOf(who.insurer, "claimant");
    const keyed = () => ({ key: newHandle(random), fingerprint: random(32) });
    const naming = (policy: string, idempotency = keyed()) =>
      submit(ports, stranger, submissionOf(policy, 1n), idempotency, now());
    const once = keyed();
    const unknown = await naming(newHandle(random));
    expect(unknown).toEqual(refused("no-policy"));
    expect(await naming(who.policy, once)).toEqual(unknown);
    await step(who.claim, who.maker, "close");
    await cancel(who);
    await eraseNow(ports, eraser, who.insurer, who.claimant.person, both);
    expect(await naming(who.policy, once)).toEqual(unknown);
    expect(await naming(who.policy)).toEqual(unknown);
  });

  test("takes nothing new of the person from its approval on", async () => {
    const who = await approved("nothing-new");
    const { policy: _none, ...stated } = submissionOf(who.policy, 1n);
    const again = () =>
      submit(
        platform.ports,
        who.claimant,
        stated,
        { key: newHandle(random), fingerprint: random(32) },
        now(),
      );
    expect(await again()).toEqual(refused("erased"));
    await carryOut(platform.ports, eraser, who.insurer, who.claimant.person);
    expect(await again()).toEqual(refused("erased"));
  });

  test("and a claim submitted at the same moment never both win", async () => {
    for (let round = 0; round < 5; round++) {
      const who = await someone(`race-${round}`);
      await step(who.claim, who.maker, "close");
      await cancel(who);
      await request(platform.ports, who.claimant, who.claimant.person, both, now());
      const { policy: _none, ...stated } = submissionOf(who.policy, 1n);
      const key = { key: newHandle(random), fingerprint: random(32) };
      const [yes, claim] = await Promise.all([
        approve(platform.ports, who.checker, who.claimant.person, now()),
        submit(platform.ports, who.claimant, stated, key, now()),
      ]);
      expect([isRefusal(yes), "refused" in claim].filter((no) => no)).toHaveLength(1);
    }
  });

  test.each(["forgetPrincipal", "deleteParts", "blankState", "deleteReplies"] as const)(
    "that broke off at %s is completed by calling it again",
    async (at) => {
      const who = await approved(`broke-${at.toLowerCase()}`);
      const { person } = who.claimant;
      const fails = async () => {
        throw new Error("killed");
      };
      const broken = { ...eraser, rows: { ...eraser.rows, [at]: fails } };
      await expect(carryOut(platform.ports, broken, who.insurer, person)).rejects.toThrow("killed");
      expect(await carryOutApproved(platform.ports, eraser, who.insurer, 10)).toBe(1);
      expect(await carryOutApproved(platform.ports, eraser, who.insurer, 10)).toBe(0);
      expect(await eraser.rows.covers({ insurer: who.insurer, person, classes: both }, 9)).toEqual(
        [],
      );
      expect((await typesOf(who.insurer, person)).at(-1)).toBe("erasure.completed");
      const rows = await everything(platform.superuserUrl);
      expect(await carryOut(platform.ports, eraser, who.insurer, person)).toEqual(
        refused("wrong-state"),
      );
      expect(await everything(platform.superuserUrl)).toEqual(rows);
    },
  );
});

describe("a retention schedule", () => {
  test("asks for what is due, once, class by class; a hold keeps it from asking", async () => {
    const { ports } = platform;
    const who = await someone("kept");
    const { person } = who.claimant;
    const schedule = [
      { class: "identity-and-health", days: 30n },
      { class: "financial", days: 60n },
    ] as const;
    const later = (days: bigint) => ({ ...ports, clock: () => now() + days * 86_400_000_000n });
    const due = (days: bigint) => requestDue(later(days), eraser.rows, who.insurer);
    await setRetention(ports, who.insurer, schedule, machine());
    expect(await due(31n)).toEqual([]);
    await step(who.claim, who.maker, "close");
    await cancel(who);
    expect(await due(29n)).toEqual([]);
    const name = newHandle(random);
    await hold(ports, who.maker, person, { name, basis: "regulator" }, now());
    expect(await due(31n)).toEqual([]);
    await lift(ports, who.maker, person, name, now());
    expect(await due(31n)).toEqual([person]);
    expect(await due(31n)).toEqual([]);
    await approve(ports, who.checker, person, now());
    await carryOut(ports, eraser, who.insurer, person);
    const money = { insurer: who.insurer, person, classes: ["financial"] } as const;
    expect(await eraser.rows.covers(money, 9)).not.toEqual([]);
    expect(await due(59n)).toEqual([]);
    expect(await due(61n)).toEqual([person]);
    await approve(ports, who.checker, person, now());
    expect(await eraseDue(ports, eraser, who.insurer)).toBe(1);
    expect(await eraser.rows.covers(money, 9)).toEqual([]);
    expect(await due(61n)).toEqual([]);
  });
});
