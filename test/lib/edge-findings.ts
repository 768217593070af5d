import { type PolicyDocument, stackOf } from "./findings.ts";
import { named, ofType, type Resources } from "./synthesised.ts";

/** Whether one of CloudFront's path patterns, in which a star is any text and a question mark any character, matches. */
export function patternMatches(pattern: string, path: string): boolean {
  const text = pattern.replaceAll(/[.+^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`^${text.replaceAll("*", ".*").replaceAll("?", ".")}$`, "s").test(path);
}

const expected = [
  "AWSManagedRulesAmazonIpReputationList",
  "AWSManagedRulesKnownBadInputsRuleSet",
  "AWSManagedRulesCommonRuleSet",
  "RequestsPerAddress",
];

/** Distributions without a firewall for CloudFront, or whose firewall lacks a rule that blocks. */
export const unguarded = (resources: Resources): string[] =>
  ofType(resources, "AWS::CloudFront::Distribution").flatMap(([path, { Properties }]) => {
    const { WebACLId } = Properties.DistributionConfig as { WebACLId?: unknown };
    const acl = resources[`${stackOf(path)}/${named(WebACLId ?? "")}`];
    if (acl?.Type !== "AWS::WAFv2::WebACL" || acl.Properties.Scope !== "CLOUDFRONT") {
      return [`${path}: no firewall`];
    }
    const blocking = (acl.Properties.Rules as Rule[])
      .filter(({ Action, OverrideAction }) => Action?.Block ?? OverrideAction?.None)
      .map(({ Name }) => Name);
    return expected
      .filter((name) => !blocking.includes(name))
      .map((name) => `${path}: without ${name}`);
  });

interface Rule {
  readonly Name: string;
  readonly Action?: { readonly Block?: object };
  readonly OverrideAction?: { readonly None?: object };
}

/** Whether CloudFront may GetObject `key` of the bucket at `path`, by the bucket's policy: a statement allows it and none denies it. */
export function cdnMayRead(resources: Resources, path: string, key: string): boolean {
  const statements = ofType(resources, "AWS::S3::BucketPolicy")
    .filter(([at, { Properties }]) => `${stackOf(at)}/${named(Properties.Bucket)}` === path)
    .flatMap(([, { Properties }]) => (Properties.PolicyDocument as PolicyDocument).Statement)
    .filter(({ Principal }) => JSON.stringify(Principal).includes('"cloudfront.amazonaws.com"'))
    .filter(({ Action }) => [Action].flat().includes("s3:GetObject"))
    .filter(({ Resource }) =>
      [Resource].flat().some((one) => {
        const [, , keys] = /("Arn"\]\}|\]),"\/([^"]*)"/.exec(JSON.stringify(one)) ?? [];
        return keys !== undefined && patternMatches(keys, key);
      }),
    );
  const allowed = statements.filter(
    ({ Effect, Condition }) => Effect === "Allow" && isOurs(JSON.stringify(Condition ?? {})),
  );
  return allowed.length > 0 && statements.every(({ Effect }) => Effect === "Allow");
}

/** Tied to this account, and to its distributions. */
const isOurs = (condition: string): boolean =>
  condition.includes('"aws:SourceAccount"') &&
  /"aws:SourceArn":.*:cloudfront:.*distribution\//.test(condition);
