import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { Need, Target } from "../functions/needs.ts";

/** Where each target lies, by ARN, several for keys of several generations: what a function is not given has no entry. */
export type Places = Readonly<Partial<Record<Target, string | readonly string[]>>>;

/** KMS signs raw messages for us and nothing else, with each type of key by its one algorithm. */
const signRaw = (algorithm: string) => ({
  StringEquals: { "kms:MessageType": "RAW", "kms:SigningAlgorithm": algorithm },
});
const signing: Readonly<Partial<Record<Target, object>>> = {
  ed25519Key: signRaw("ED25519_SHA_512"),
  mldsa44Key: signRaw("ML_DSA_SHAKE_256"),
};

/** The ARN a need names: the objects of a bucket, or the thing itself. */
const resourceOf = ({ resource }: Need, arn: string): string =>
  resource === "objects under the prefix" ? `${arn}/*` : arn;

/** One statement per need. Throws if a need has no place: that function would fail at its first call. */
export const statementsOf = (needs: readonly Need[], places: Places): PolicyStatement[] =>
  needs.map((need) => {
    const place = places[need.on];
    if (need.action.includes("*")) throw new Error(`bug: ${need.action} is a wildcard`);
    if (place === undefined) throw new Error(`bug: nothing is given for ${need.on}`);
    return new PolicyStatement({
      actions: [need.action],
      resources: [place].flat().map((arn) => resourceOf(need, arn)),
      ...(need.action === "kms:Sign" ? { conditions: { ...signing[need.on] } } : {}),
    });
  });
