import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { Need, Target } from "../functions/needs.ts";

/** Where each target lies, by ARN, several for keys of several generations: what a function is not given has no entry. */
export type Places = Readonly<Partial<Record<Target, string | readonly string[]>>>;

/** KMS signs raw messages for us and nothing else, with each type of key by its one algorithm. */
const signRaw = (algorithm: string) => ({
  StringEquals: { "kms:MessageType": "RAW", "kms:SigningAlgorithm": algorithm },
});
export const signing: Readonly<Partial<Record<Target, object>>> = {
  ed25519Key: signRaw("ED25519_SHA_512"),
  mldsa44Key: signRaw("ML_DSA_SHAKE_256"),
};

/** The alias an ARN ends in, where the key itself is known by nothing else. */
const alias = /(?<=:)alias\/.*$/;

/** The keys of an account where only an alias is known; any other ARN as it is. */
const keysOf = (arn: string): string => arn.replace(alias, "key/*");

/** The ARN a need names: the objects of a bucket, or the thing itself. */
const resourceOf = ({ resource }: Need, arn: string): string =>
  resource === "objects under the prefix" ? `${arn}/*` : keysOf(arn);

/** What ties a need to its place where the resource can't: the alias that the request has to name. */
function conditionsOf({ action, on }: Need, arns: readonly string[]): Record<string, object> {
  if (action === "kms:Sign") return { ...signing[on] };
  const aliases = arns.flatMap((arn) => arn.match(alias) ?? []);
  return aliases.length === 0 ? {} : { StringEquals: { "kms:RequestAlias": aliases } };
}

/** One statement per need. Throws if a need has no place: that function would fail at its first call. */
export const statementsOf = (needs: readonly Need[], places: Places): PolicyStatement[] =>
  needs.map((need) => {
    const place = places[need.on];
    if (need.action.includes("*")) throw new Error(`bug: ${need.action} is a wildcard`);
    if (place === undefined) throw new Error(`bug: nothing is given for ${need.on}`);
    const arns = [place].flat();
    return new PolicyStatement({
      actions: [need.action],
      resources: [...new Set(arns.map((arn) => resourceOf(need, arn)))],
      conditions: conditionsOf(need, arns),
    });
  });

/**
 * What S3 or Lambda does as the role with `arn`. A request of theirs names a key by its id, so a key of which only the alias is known is held to the alias
 * it has (`kms:ResourceAliases`), not to one the request would name.
 */
export function impliedStatement(actions: readonly string[], arn: string): PolicyStatement {
  const [known] = arn.match(alias) ?? [];
  return new PolicyStatement({
    actions: [...actions],
    resources: [keysOf(arn)],
    ...(known === undefined
      ? {}
      : { conditions: { "ForAnyValue:StringEquals": { "kms:ResourceAliases": known } } }),
  });
}
