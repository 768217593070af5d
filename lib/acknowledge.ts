import { Stack, Validations } from "aws-cdk-lib";
import type { PolicyStatement } from "aws-cdk-lib/aws-iam";
import { flattenCfnReference } from "cdk-nag/lib/utils/flatten-cfn-reference.js";
import type { IConstruct } from "constructs";

/** Records why a finding of cdk-nag or of CloudFormation's own checks is right here and stays. */
export function acknowledge(scope: IConstruct, id: string, reason: string): void {
  Validations.of(scope).acknowledge({ id, reason });
}

/** What the architecture contradicts, once for a stack with functions (docs/adr/0012-rules-that-cdk-nag-has.md). */
export function acknowledgeArchitecture(stack: Stack): void {
  acknowledge(
    stack,
    "HIPAA.Security-LambdaInsideVPC",
    "There is no VPC: database, buckets, keys and queues are asked over TLS with IAM, each by a role that may reach nothing else (ADR 12).",
  );
  acknowledge(
    stack,
    "HIPAA.Security-LambdaConcurrency",
    "Concurrency set aside for one function is taken from all others of the account; queues hold jobs to ten at a time, the stage holds requests to its limit (ADR 12).",
  );
}

/** A secret that no timer replaces, and why: two packs ask for one. */
export function acknowledgeUnrotated(secret: IConstruct, reason: string): void {
  for (const id of ["AwsSolutions-SMG4", "HIPAA.Security-SecretsManagerRotationEnabled"]) {
    acknowledge(secret, id, reason);
  }
}

/** Why a resource that ends in a wildcard is right, by how it ends; any other wildcard stays a finding. */
const parts = [
  ["/*", "s3:", "The function works on the objects of this one bucket by keys it makes."],
  [
    ":key/*",
    "kms:",
    "The key is known by its alias, to which the statement's condition holds the request or the key.",
  ],
  ["*", "xray:", "X-Ray's two actions name no resource: a trace belongs to the account."],
] as const;

/** Acknowledges, one by one, buckets on whose objects `policy` lets work by key, keys it lets use by alias, and traces. */
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
