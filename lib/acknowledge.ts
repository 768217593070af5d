import { Stack, Validations } from "aws-cdk-lib";
import type { PolicyStatement } from "aws-cdk-lib/aws-iam";
import { flattenCfnReference } from "cdk-nag/lib/utils/flatten-cfn-reference.js";
import type { IConstruct } from "constructs";

/** Records why a finding of cdk-nag or of CloudFormation's own checks is right here and stays. */
export function acknowledge(scope: IConstruct, id: string, reason: string): void {
  Validations.of(scope).acknowledge({ id, reason });
}

/** Why a resource that ends in a wildcard is right, by how it ends; any other wildcard stays a finding. */
const parts = [
  ["/*", "s3:", "The function works on the objects of this one bucket by keys it makes."],
  [
    ":key/*",
    "kms:",
    "The key is known by its alias, to which the statement's condition holds the request or the key.",
  ],
] as const;

/** Acknowledges, one by one, buckets on whose objects `policy` lets work by key, and keys it lets use by alias. */
export function acknowledgeParts(policy: IConstruct, statements: readonly PolicyStatement[]): void {
  for (const [ending, service, reason] of parts) {
    const resources = statements
      .filter(({ actions }) => actions.every((action) => action.startsWith(service)))
      .flatMap((statement) => statement.resources)
      .filter((resource) => resource.endsWith(ending));
    for (const resource of new Set(resources)) {
      const place = flattenCfnReference(Stack.of(policy).resolve(resource));
      acknowledge(policy, `AwsSolutions-IAM5[Resource::${place}]`, reason);
    }
  }
}
