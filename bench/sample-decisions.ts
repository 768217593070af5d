import { hash } from "node:crypto";
import { Fold } from "../shared/audit/fold.ts";
import { referInputs } from "../shared/audit/inputs.ts";
import { type OpeningLine, openingLine } from "../shared/audit/opening-line.ts";
import { claimWorld } from "../shared/audit/reader.ts";
import { formOf } from "../shared/audit/streams.ts";
import type { Act, Credential } from "../shared/base/actor.ts";
import { fromHex } from "../shared/base/bytes.ts";
import { type Day, parseDay } from "../shared/base/day.ts";
import { type DomainEvent, encodeContent } from "../shared/base/event.ts";
import type { Handle } from "../shared/base/handle.ts";
import { formatMinute, parseInstant } from "../shared/base/instant.ts";
import { isRefusal, type Refusal } from "../shared/base/refusal.ts";
import { adjudicateClaim } from "../shared/claim/adjudicate.ts";
import { factsOf } from "../shared/claim/facts.ts";
import type { Submission } from "../shared/claim/submission.ts";
import { submitClaim } from "../shared/claim/submit.ts";
import { compilePack } from "../shared/coverage/compile.ts";
import type { Facts } from "../shared/coverage/facts.ts";
import { xiangHuBao2 } from "../shared/coverage/packs.ts";
import { leafHash } from "../shared/log/hash.ts";
import { formatVerifierKey, verifierKey } from "../shared/log/key.ts";
import { openLog } from "../shared/policy/insurer.ts";

import { issuePolicy } from "../shared/policy/policy.ts";
import { publishPack } from "../shared/policy/publish-pack.ts";
import { formatRecord } from "../shared/record/record.ts";
import { seal } from "../shared/record/sealed.ts";
import { isSealedType, type RecordType, sealedSizes } from "../shared/record/types.ts";

/** The sample's origin, and its one pack. */
export const origin = "bench/rules";
const { retroactive: _, ...text } = xiangHuBao2;
export const pack = compilePack({ ...text, version: 1 });
const packs = new Map([[pack.hash, pack]]);
const packStream = handle(1, 0);
const now = parseInstant("2020-03-04T12:00:00.000000Z", "now");
const machine: Act = { kind: "machine", now };
const credential: Credential = {
  kind: "access-token",
  issuer: "bench",
  method: null,
  handle: handle(5, 0),
};
const day = (text: string): Day => parseDay(text, "day");

function handle(kind: number, number: number): Handle {
  return `${kind}${number.toString(16).padStart(31, "0")}`;
}

/** One entry of the sample log as an auditor has it. */
export interface SampleEntry {
  readonly bytes: Uint8Array;
  readonly leaf: Uint8Array;
  readonly line: OpeningLine | undefined;
}

/** The sample log, and the facts of each of its claims. */
export interface SampleDecisions {
  /** Set-up first; of each claim its submission and its decision at the end. */
  readonly entries: readonly SampleEntry[];
  readonly facts: readonly Facts[];
}

/** A log of `claims` policies with one claim each, decided by the pack, as the platform would write it. */
export async function sampleDecisions(claims: number): Promise<SampleDecisions> {
  const fold = new Fold((hash) => packs.get(hash));
  const links = new Map<Handle, { version: bigint; leaf: Uint8Array }>();
  const entries: SampleEntry[] = [];
  const take = (decided: DomainEvent | Refusal, act: Act = machine): void => {
    if (isRefusal(decided)) throw new Error(`bug: ${decided.detail}`);
    const { type, stream } = decided;
    const content = encodeContent(formOf(type), decided.content);
    const fields = referInputs(content, (of) => fold.fieldsOf(of));
    const before = links.get(stream);
    const version = (before?.version ?? 0n) + 1n;
    const time = formatMinute(act.now);
    const salts = (bytes: number): Uint8Array => saltsOf(`${stream}/${version}`, bytes);
    const sealed = isSealedType(type) ? seal(fields, sealedSizes[type], salts) : undefined;
    const body = sealed
      ? { sealed: { size: sealed.leaves.length, root: sealed.root } }
      : { public: fields };
    const head = { type: type as RecordType, stream, actor: act.kind, time };
    const prev = before?.leaf ?? null;
    const bytes = formatRecord({ ...head, origin, version, prev, body });
    const leaf = leafHash(bytes);
    const index = BigInt(entries.length);
    const line = sealed && openingLine(index, sealed.leaves, sealed.openings);
    entries.push({ bytes, leaf, line });
    links.set(stream, { version, leaf });
    fold.apply(decided, version, act.kind, time, sealed?.openings ?? []);
  };
  await openInsurer(fold, take);
  const insurer = await fold.insurer();
  for (let number = 0; number < claims; number++) {
    take(issuePolicy(insurer, handle(2, number), termsOf(number), machine));
  }
  const facts: Facts[] = [];
  for (let number = 0; number < claims; number++) {
    const policy = await fold.stream("policy", handle(2, number));
    const person = handle(4, number);
    const act = { kind: "person", now, signatory: { person, credential } } as const;
    const by = { person, channel: "claimant" } as const;
    const stream = handle(3, number);
    take(submitClaim(insurer, policy, stream, submissionOf(number), by, act), act);
    const world = await claimWorld(fold, stream);
    const seen = world && factsOf(world);
    if (!world || !seen) throw new Error("bug: the claim has a policy");
    facts.push(seen);
    take(adjudicateClaim(world, machine));
  }
  return { entries, facts };
}

async function openInsurer(
  fold: Fold,
  take: (decided: DomainEvent | Refusal, act?: Act) => void,
): Promise<void> {
  const insurer = "bench";
  const keys = [formatVerifierKey(verifierKey(origin, "ed25519", new Uint8Array(32)))];
  const genesis = { insurer, kind: "insurer", simulation: false, currency: "CNY" } as const;
  take(openLog(handle(0, 0), { ...genesis, keys }));
  const signatory = { person: handle(6, 0), credential };
  const approver: Act = { kind: "person", now, signatory };
  const publication = { text: pack, author: handle(6, 1), earlier: new Map() };
  const published = publishPack(await fold.insurer(), undefined, packStream, publication, approver);
  take(published, approver);
}

/** Ages from 20 to 59, so that every row of the plan is used. */
const termsOf = (number: number): Parameters<typeof issuePolicy>[2] => ({
  insured: handle(4, number),
  parties: [{ role: "holder", person: handle(4, number) }],
  coverage: "critical-illness",
  start: day("2019-01-01"),
  end: null,
  birthDate: day(`${1961 + (number % 40)}-06-15`),
  limit: null,
  pack: packStream,
});

/** Illnesses that are paid, illnesses that are not on the list, deaths from COVID-19. */
function submissionOf(number: number): Submission {
  const code = ["C34.1", "J06.9", "U07.1"][number % 3] ?? "";
  const claimed = { minor: 30_000_000n, currency: "CNY" } as const;
  return {
    policy: handle(2, number),
    event: code === "U07.1" ? "death" : "illness",
    lossDate: day("2020-02-10"),
    diagnosisDate: day("2020-02-01"),
    diagnoses: [{ system: "icd-10", code }],
    lines: [{ service: "aid", claimed }],
  };
}

/** As random as salts need to be for a figure, and the same each time. */
function saltsOf(seed: string, bytes: number): Uint8Array {
  const blocks = Array.from({ length: Math.ceil(bytes / 32) }, (_, block) =>
    hash("sha256", `${seed}/${block}`, "hex"),
  );
  return fromHex(blocks.join(""), "salts").slice(0, bytes);
}
