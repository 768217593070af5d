import { Stack, Validations } from "aws-cdk-lib";
import type { PolicyStatement } from "aws-cdk-lib/aws-iam";
import { flattenCfnReference } from "cdk-nag/lib/utils/flatten-cfn-reference.js";
import type { IConstruct } from "constructs";

/** Records why a finding of cdk-nag or of CloudFormation's own checks is right here and stays. */
export function acknowledge(scope: IConstruct, id: string, reason: string): void {
  Validations.of(scope).acknowledge({ id, reason });
}

/** Acknowledges, one by one, the buckets on whose objects `role` works by key; any other wildcard stays a finding. */
export function acknowledgeObjects(role: IConstruct, statements: readonly PolicyStatement[]): void {
  const objects = statements
    .filter(({ actions }) => actions.every((action) => action.startsWith("s3:")))
    .flatMap(({ resources }) => resources)
    .filter((resource) => resource.endsWith("/*"));
  for (const resource of new Set(objects)) {
    const place = flattenCfnReference(Stack.of(role).resolve(resource));
    const reason = "The function works on the objects of this one bucket by keys it makes.";
    acknowledge(role, `AwsSolutions-IAM5[Resource::${place}]`, reason);
  }
}
