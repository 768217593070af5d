import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { Need, Target } from "../functions/needs.ts";

/** Where each target lies, by ARN: what a function is not given has no entry. */
export type Places = Readonly<Partial<Record<Target, string>>>;

/** KMS signs raw messages with Ed25519 for us and nothing else. */
const signRaw = {
  StringEquals: { "kms:MessageType": "RAW", "kms:SigningAlgorithm": "ED25519_SHA_512" },
};

/** The ARN a need names: the objects of a bucket, or the thing itself. */
const resourceOf = ({ resource }: Need, arn: string): string =>
  resource === "objects under the prefix" ? `${arn}/*` : arn;

/** One statement per need. Throws if a need has no place: that function would fail at its first call. */
export const statementsOf = (needs: readonly Need[], places: Places): PolicyStatement[] =>
  needs.map((need) => {
    const arn = places[need.on];
    if (need.action.includes("*")) throw new Error(`bug: ${need.action} is a wildcard`);
    if (arn === undefined) throw new Error(`bug: nothing is given for ${need.on}`);
    return new PolicyStatement({
      actions: [need.action],
      resources: [resourceOf(need, arn)],
      ...(need.action === "kms:Sign" ? { conditions: signRaw } : {}),
    });
  });
