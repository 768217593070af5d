import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { Need, Target } from "../functions/needs.ts";

/** Where each target lies, by ARN: what a function is not given has no entry. */
export type Places = Readonly<Partial<Record<Target, string>>>;

/** KMS signs raw messages with Ed25519 for us and nothing else. */
const signRaw = {
  StringEquals: { "kms:MessageType": "RAW", "kms:SigningAlgorithm": "ED25519_SHA_512" },
};

/** The ARNs a need names: objects of a bucket, the tables of a ledger, or the thing itself. */
function resourcesOf({ action, resource }: Need, arn: string): readonly string[] {
  if (resource === "objects under the prefix") return [`${arn}/*`];
  if (resource === "tables of the ledger") return [`${arn}/table/*`];
  if (resource === "tables and catalog of the ledger") {
    return [`${arn}/table/*`, `${arn}/information_schema/user_tables`];
  }
  if (action.includes("*")) throw new Error(`bug: ${action} is a wildcard`);
  return [arn];
}

/** One statement per need. Throws if a need has no place: that function would fail at its first call. */
export const statementsOf = (needs: readonly Need[], places: Places): PolicyStatement[] =>
  needs.map((need) => {
    const arn = places[need.on];
    if (arn === undefined) throw new Error(`bug: nothing is given for ${need.on}`);
    return new PolicyStatement({
      actions: [need.action],
      resources: [...resourcesOf(need, arn)],
      ...(need.action === "kms:Sign" ? { conditions: signRaw } : {}),
    });
  });
