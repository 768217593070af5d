import { Environment } from "@marcbachmann/cel-js";
import { mulDiv, type Rounding } from "../../../shared/base/rounding.ts";
import type { Facts, LineFacts } from "../../../shared/coverage/facts.ts";

/** A value of a pack's language, or that there is none. */
export type Outcome = boolean | bigint | string | "no result";

const int64 = { min: -(2n ** 63n), max: 2n ** 63n - 1n };

/** The same language by another library: cel-js by Marc Bachmann, with the three functions a pack has besides CEL's own. */
const environment = new Environment()
  .registerFunction("least(int, int): int", (a: bigint, b: bigint) => (a < b ? a : b))
  .registerFunction("greatest(int, int): int", (a: bigint, b: bigint) => (a > b ? a : b))
  .registerFunction(
    "mulDiv(int, int, int, string): int",
    (a: bigint, b: bigint, c: bigint, rounding: string) => {
      const result = mulDiv(a, b, c, rounding as Rounding);
      if (result === undefined || result < int64.min || result > int64.max) {
        throw new Error("no such integer");
      }
      return result;
    },
  )
  .registerVariable("basisDay", "int")
  .registerVariable("claim", "map")
  .registerVariable("policy", "map")
  .registerVariable("insured", "map")
  .registerVariable("p", "map")
  .registerVariable("t", "map");

/** What the names of an expression stand for. */
export type Names = Readonly<Record<string, unknown>>;

/** `source`, ready to be evaluated by the second library; whatever fails has no result. */
export function secondEvaluator(source: string): (names: Names) => Outcome {
  const evaluate = environment.parse(source);
  return (names) => {
    try {
      return evaluate(names) as Outcome;
    } catch {
      return "no result";
    }
  };
}

/** The facts as plain values; what is not known is left out, as docs/spec/rule-pack.md says. */
export function namesOf({ basisDay, claim, policy, insured }: Facts): Names {
  const { diagnosisDay, contracted, otherPaid, lines, ...known } = claim;
  const { present, limit, remaining, ...covered } = policy;
  const { hasBirthDay, birthDay, ageYears } = insured;
  return {
    basisDay,
    claim: {
      ...known,
      lines: lines.map(lineOf),
      ...(claim.hasDiagnosisDay ? { diagnosisDay } : {}),
      ...(claim.hasContracted ? { contracted } : {}),
      ...(claim.hasOtherPaid ? { otherPaid } : {}),
    },
    policy: present
      ? { present, ...covered, ...(policy.hasLimit ? { limit, remaining } : {}) }
      : { present },
    insured: {
      hasBirthDay,
      ...(hasBirthDay ? { birthDay } : {}),
      ...(hasBirthDay && ageYears >= 0n ? { ageYears } : {}),
    },
  };
}

const lineOf = ({ contracted, ...line }: LineFacts): Names => ({
  ...line,
  ...(line.hasContracted ? { contracted } : {}),
});
