import type { Json } from "../base/canonical.ts";
import { type ClaimEvent, claimEvents } from "../base/claim-event.ts";
import { type Day, formatDay, parseDay } from "../base/day.ts";
import { Malformed } from "../base/malformed.ts";
import { namesIn } from "./conditions.ts";
import { basisDayOf, type Facts, type LineFacts, wholeYears } from "./facts.ts";
import type { Pack } from "./pack.ts";
import { accumulatorsFor, stepsOf } from "./rule-steps.ts";
import { boundOf } from "./step-form.ts";

/** Facts as a trace states them, by the names rules use: dates YYYY-MM-DD, whole numbers decimal strings. What is not known is absent. */
export type FactsRead = Readonly<Record<string, Json>>;

/** How one fact is written. */
type Writer = (facts: Facts) => Json | undefined;

/** How each fact is written; undefined where it is not known. The order is the order a trace, and a letter, lists them in. */
const writers: Readonly<Record<string, Writer>> = {
  "claim.event": ({ claim }) => claim.event,
  "claim.lossDay": ({ claim }) => formatDay(claim.lossDay),
  "claim.diagnosisDay": ({ claim }) =>
    claim.hasDiagnosisDay ? formatDay(claim.diagnosisDay) : undefined,
  "claim.noticeDay": ({ claim }) => formatDay(claim.noticeDay),
  "claim.diagnoses": ({ claim }) => claim.diagnoses,
  "claim.claimed": ({ claim }) => claim.claimed.toString(),
  "claim.contracted": ({ claim }) =>
    claim.hasContracted ? claim.contracted.toString() : undefined,
  "claim.otherPaid": ({ claim }) => (claim.hasOtherPaid ? claim.otherPaid.toString() : undefined),
  "claim.lines": ({ claim }) => claim.lines.map(writeLine),
  "policy.present": ({ policy }) => policy.present,
  "policy.coverage": ({ policy }) => (policy.present ? policy.coverage : undefined),
  "policy.startDay": ({ policy }) => (policy.present ? formatDay(policy.startDay) : undefined),
  "policy.endDay": ({ policy }) => (policy.present ? formatDay(policy.endDay) : undefined),
  "policy.limit": ({ policy }) =>
    policy.present && policy.hasLimit ? policy.limit.toString() : undefined,
  "policy.remaining": ({ policy }) =>
    policy.present && policy.hasLimit ? policy.remaining.toString() : undefined,
  "insured.birthDay": ({ insured }) =>
    insured.hasBirthDay ? formatDay(insured.birthDay) : undefined,
  "insured.ageYears": ({ insured }) =>
    insured.hasBirthDay && insured.ageYears >= 0n ? insured.ageYears.toString() : undefined,
};

const dayOfBasis = {
  loss: "claim.lossDay",
  diagnosis: "claim.diagnosisDay",
  notice: "claim.noticeDay",
} as const;

/** What the engine goes by whatever the rules name. */
const always = ["claim.claimed", "claim.otherPaid", "policy.present", "policy.remaining"];
/** The fact whose absence another one tells, or that another one is made of. */
const behind: Readonly<Record<string, string>> = {
  "claim.hasDiagnosisDay": "claim.diagnosisDay",
  "claim.hasContracted": "claim.contracted",
  "claim.hasOtherPaid": "claim.otherPaid",
  "policy.hasLimit": "policy.limit",
  "insured.hasBirthDay": "insured.birthDay",
  "insured.ageYears": "insured.birthDay",
};
const named = new WeakMap<Pack, Named>();
interface Named {
  readonly paths: readonly string[];
  readonly writers: readonly (readonly [path: string, write: Writer])[];
}

function namedBy(pack: Pack): Named {
  const known = named.get(pack);
  if (known) return known;
  const paths = factsBehind(pack, expressionsOf(pack));
  const found = {
    paths,
    writers: Object.entries(writers).filter(([path]) => paths.includes(path)),
  };
  named.set(pack, found);
  return found;
}

/** The facts the pack can go by: those its expressions name, what these are made of, and what the engine reads. */
export const factsNamed = (pack: Pack): readonly string[] => namedBy(pack).paths;

/** The facts gone by when only these `expressions` of the pack are evaluated. */
export function factsBehind(pack: Pack, expressions: readonly string[]): readonly string[] {
  const paths = new Set([...always, dayOfBasis[pack.dateBasis], ...expressions.flatMap(namesIn)]);
  for (const step of pack.rules.flatMap(stepsOf)) {
    paths.add("claim.lines");
    if ("period" in step && step.period === "policy") paths.add("policy.startDay");
  }
  for (const path of [...paths]) paths.add(behind[path] ?? path);
  return Object.keys(writers).filter((path) => paths.has(path));
}

/** Every expression of `pack`: the keys of its tables, then its rules in order. */
export const expressionsOf = ({ tables = {}, rules }: Pack): string[] => [
  ...Object.values(tables).map(({ by }) => by),
  ...rules.flatMap((rule) => [
    rule.when,
    ...("amount" in rule && rule.amount ? [rule.amount] : []),
    ...stepsOf(rule).flatMap(boundOf),
  ]),
];

/** What `pack` read of `facts`: the first thing a trace says. */
export function readOf(pack: Pack, facts: Facts): FactsRead {
  const read: Record<string, Json> = {};
  for (const [path, write] of namedBy(pack).writers) {
    const value = write(facts);
    if (value !== undefined) read[path] = value;
  }
  // Where the day to go by is not known the day of loss stands in for it, if only to say an age.
  if (basisDayOf(pack.dateBasis, facts.claim) === undefined) {
    read["claim.lossDay"] = formatDay(facts.claim.lossDay);
  }
  const known = Object.keys(facts.accumulated).length > 0;
  const sums = known ? sumsRead(pack, facts) : {};
  if (Object.keys(sums).length > 0) read.accumulated = sums;
  if (facts.earlierClaim !== null) read.earlierClaim = facts.earlierClaim;
  return read;
}

/** What other claims added up to in the accumulators that steps of `pack` would ask for. */
function sumsRead(pack: Pack, facts: Facts): Record<string, string> {
  const sums: Record<string, string> = {};
  for (const name of accumulatorsFor(pack, facts)) {
    const sum = facts.accumulated[name];
    if (sum !== undefined) sums[name] = sum.toString();
  }
  return sums;
}

const writeLine = ({ service, claimed, hasContracted, contracted }: LineFacts): Json => ({
  service,
  claimed: claimed.toString(),
  ...(hasContracted ? { contracted: contracted.toString() } : {}),
});

/**
 * The facts that `read` states, as far as the pack can tell them from any others; throws Malformed on what {@link readOf} does not write.
 * Together they are one: readOf(pack, factsOf(readOf(pack, facts))) is readOf(pack, facts).
 */
export function factsAgain({ dateBasis }: Pack, read: FactsRead): Facts {
  const known = (path: string): boolean => Object.hasOwn(read, path);
  const text = (path: string): string => textOf(read[path] ?? "", path);
  const day = (path: string): Day => (known(path) ? parseDay(text(path), path) : 0n);
  const whole = (path: string): bigint => (known(path) ? wholeOf(read[path] ?? "", path) : 0n);
  const lossDay = day("claim.lossDay");
  const claim: Facts["claim"] = {
    event: eventOf(known("claim.event") ? text("claim.event") : "service"),
    lossDay,
    hasDiagnosisDay: known("claim.diagnosisDay"),
    diagnosisDay: day("claim.diagnosisDay"),
    noticeDay: day("claim.noticeDay"),
    diagnoses: listOf(read["claim.diagnoses"] ?? []).map((code) => textOf(code, "claim.diagnoses")),
    claimed: whole("claim.claimed"),
    hasContracted: known("claim.contracted"),
    contracted: whole("claim.contracted"),
    hasOtherPaid: known("claim.otherPaid"),
    otherPaid: whole("claim.otherPaid"),
    lines: listOf(read["claim.lines"] ?? []).map(lineAgain),
  };
  const basisDay = basisDayOf(dateBasis, claim) ?? lossDay;
  const birthDay = day("insured.birthDay");
  const hasBirthDay = known("insured.birthDay");
  return {
    basisDay,
    claim,
    policy: {
      present: read["policy.present"] === true,
      coverage: known("policy.coverage") ? text("policy.coverage") : "",
      startDay: day("policy.startDay"),
      endDay: day("policy.endDay"),
      hasLimit: known("policy.remaining"),
      limit: whole("policy.limit"),
      remaining: whole("policy.remaining"),
    },
    insured: {
      hasBirthDay,
      birthDay,
      ageYears: hasBirthDay ? wholeYears(birthDay, basisDay) : -1n,
    },
    accumulated: Object.fromEntries(
      Object.entries(objectOf(read.accumulated ?? {}, "accumulated")).map(([name, sum]) => [
        name,
        wholeOf(sum, name),
      ]),
    ),
    earlierClaim: known("earlierClaim") ? text("earlierClaim") : null,
  };
}

function lineAgain(line: Json): LineFacts {
  const { service = "", claimed = "", contracted } = objectOf(line, "claim.lines");
  return {
    service: textOf(service, "service"),
    claimed: wholeOf(claimed, "claimed"),
    hasContracted: contracted !== undefined,
    contracted: contracted === undefined ? 0n : wholeOf(contracted, "contracted"),
  };
}

function eventOf(text: string): ClaimEvent {
  const event = claimEvents.find((each) => each === text);
  if (event === undefined) throw new Malformed("claim.event", "is no kind of event");
  return event;
}

const listOf = (value: Json): readonly Json[] => {
  if (!Array.isArray(value)) throw new Malformed("facts", "are no list where one belongs");
  return value;
};

function objectOf(value: Json, where: string): Readonly<Record<string, Json>> {
  if (value === null || typeof value !== "object" || Array.isArray(value)) {
    throw new Malformed(where, "is no object");
  }
  return value as Readonly<Record<string, Json>>;
}

function textOf(value: Json, where: string): string {
  if (typeof value !== "string") throw new Malformed(where, "is no text");
  return value;
}

function wholeOf(value: Json, where: string): bigint {
  const text = textOf(value, where);
  if (!/^-?(0|[1-9][0-9]{0,18})$/.test(text)) throw new Malformed(where, "is no whole number");
  return BigInt(text);
}
