import { Malformed } from "../../shared/base/malformed.ts";
import { parsePolicy } from "../../shared/log/policy-file.ts";
import { parseRequirements } from "../../shared/log/require.ts";
import type { ProofRefusal } from "../../shared/proof/refusal.ts";
import type { Unrewritten } from "../../shared/proof/verify-unrewritten.ts";
import { type Evidence, gather } from "./evidence.ts";
import type { Held } from "./files.ts";
import { findingsOf, formatSeconds, type StepName } from "./steps.ts";
import type { Trust } from "./trust.ts";
import type { Step, StepState, Verdict } from "./verdict.ts";

const order: readonly StepName[] = [
  "form",
  "leaf",
  "signatures",
  "witnesses",
  "requirements",
  "inclusion",
  "content",
  "unrewritten",
];
const byTrustOnly: readonly StepName[] = ["signatures", "witnesses", "requirements", "unrewritten"];

/** What the page says of the files it holds; undefined while there is no receipt among them. */
export function judge({ receipt, policy, requirements, ...others }: Held): Verdict | undefined {
  if (receipt === undefined) return undefined;
  if (policy === undefined) return verdictOf(gather(receipt.bytes, undefined, others));
  let trust: Trust;
  try {
    trust = {
      policy: parsePolicy(policy.bytes),
      requirements: requirements ? parseRequirements(requirements.bytes) : [],
    };
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    return notChecked(error);
  }
  return verdictOf(gather(receipt.bytes, trust, others));
}

function notChecked(error: Malformed): Verdict {
  const sentence = `Your trust policy or its requirements can't be read (${error.message}), so nothing was checked.`;
  return { tone: "refused", word: "Not checked", sentence, remarks: [], steps: [] };
}

function verdictOf(evidence: Evidence): Verdict {
  const { refusal, trust, shown, compares, compared } = evidence;
  const unlike = compared && "refused" in compared ? compared : undefined;
  const failed = refusal ? failedStep(refusal, evidence) : unlike && "unrewritten";
  const named = compares ? order : order.filter((name) => name !== "unrewritten");
  const steps = named.map((name): Step => {
    const state = stateOf(name, failed, trust !== undefined);
    const found = findingsOf[name](evidence);
    if (state !== "unchecked") return { ...found, state };
    const finding = isPast(name, failed)
      ? "not checked: a step before it failed"
      : "not checked: no trust policy";
    return { title: found.title, finding, facts: [], state };
  });
  if (refusal !== undefined) {
    const sentence = sentenceOf(refusal, failed ?? "form", evidence);
    return { tone: "refused", word: "Refused", sentence, remarks: [], steps };
  }
  if (unlike !== undefined) {
    const sentence = `The record is in the log, but not shown to be in the log of the other checkpoint: ${unlike.detail}.`;
    return { tone: "refused", word: "Refused", sentence, remarks: [], steps };
  }
  const { record, index, checkpoint } = shown ?? missing();
  const place = `${record.type} is entry ${index} of ${checkpoint.size} in ${checkpoint.origin}.`;
  if (trust === undefined) {
    const sentence =
      "The file agrees with itself, but without your trust policy nothing says who made it: anyone can make such a file.";
    return {
      tone: "unanchored",
      word: "Unanchored",
      sentence,
      remarks: [`It says: ${place}`],
      steps,
    };
  }
  const remarks = [
    timeRemark(evidence, record.time),
    ...(compared && !("refused" in compared) ? [comparedRemark(compared)] : []),
    "Not shown: that its content is true, or that no later record supersedes it.",
  ];
  return { tone: "verified", word: "Verified", sentence: place, remarks, steps };
}

function comparedRemark({ against, witnesses }: Unrewritten): string {
  const by = witnesses.length > 0 ? `, which ${witnesses.join(" and ")} cosigned` : "";
  return `Nothing was rewritten between its checkpoint and the one of size ${against.size}${by}.`;
}

function missing(): never {
  throw new Error("bug: a receipt is refused or it shows a record");
}

/** Which step a refusal stopped at. Once the form is read, only record and openings can still be malformed. */
function failedStep({ refused }: ProofRefusal, { form }: Evidence): StepName {
  switch (refused) {
    case "malformed":
      return form === undefined ? "form" : "content";
    case "unknown-log":
    case "bad-signature":
      return "signatures";
    case "quorum-not-met":
      return "witnesses";
    case "requirement-not-met":
    case "unsigned-extensions":
      return "requirements";
    case "not-included":
    case "not-consistent":
      return "inclusion";
  }
}

function stateOf(name: StepName, failed: StepName | undefined, anchored: boolean): StepState {
  if (name === failed) return "failed";
  if (isPast(name, failed) || (!anchored && byTrustOnly.includes(name))) return "unchecked";
  return "held";
}

/** Whether a step comes after the one that failed. */
const isPast = (name: StepName, failed: StepName | undefined): boolean =>
  failed !== undefined && order.indexOf(name) > order.indexOf(failed);

function sentenceOf({ refused, detail }: ProofRefusal, step: StepName, evidence: Evidence): string {
  switch (refused) {
    case "malformed":
      return step === "form"
        ? `This is not a whole receipt (${detail}).`
        : `The record in it does not hold together (${detail}).`;
    case "unknown-log":
      return "No log that your trust policy names signed this checkpoint.";
    case "bad-signature":
      return `The checkpoint is not what was signed: ${detail}.`;
    case "quorum-not-met":
      return "Too few of the witnesses in your trust policy cosigned this checkpoint.";
    case "requirement-not-met":
      return `A signature that you require is missing: you ask for ${evidence.required}.`;
    case "unsigned-extensions":
      return `The checkpoint has lines that nobody signed: ${detail}.`;
    case "not-included":
      return "The record is not in the signed tree: its proof leads to another root.";
    case "not-consistent":
      return `The log was rewritten, or these are two logs: ${detail}.`;
  }
}

function timeRemark({ signed, trust }: Evidence, time: string): string {
  const by = signed.flatMap(({ key, timeSeconds }) => {
    const known = trust?.policy.witnesses.some((witness) => witness.key === key);
    return known && timeSeconds !== undefined
      ? [`${key.name} at ${formatSeconds(timeSeconds)}`]
      : [];
  });
  const said = time.replace("T", " ").replace("Z", " UTC");
  if (by.length === 0) return `Recorded ${said}: the time is the insurer's word, no witness's.`;
  return `Recorded ${said} by the insurer's word; witnessed by ${by.join(", by ")}.`;
}
