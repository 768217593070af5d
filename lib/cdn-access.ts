import { Aws } from "aws-cdk-lib";
import { Effect, PolicyStatement, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import type { Bucket } from "aws-cdk-lib/aws-s3";
import { DeploymentStack } from "./deployment-stack.ts";

const cloudFront = () => new ServicePrincipal("cloudfront.amazonaws.com");

/**
 * Lets CloudFront read the objects of `bucket` for `distribution`; for any of the platform's account where none is named, for the edge's stack comes after the
 * bucket. Listing tells "not there" (404) from "forbidden"; that no request lists is lib/edge-paths.ts's part.
 */
export function admitCdn(bucket: Bucket, distributionArn?: string): void {
  const { platformAccount } = DeploymentStack.of(bucket).names;
  const any = `arn:${Aws.PARTITION}:cloudfront::${platformAccount}:distribution/*`;
  const conditions = {
    StringEquals: { "aws:SourceAccount": platformAccount },
    ArnLike: { "aws:SourceArn": distributionArn ?? any },
  };
  for (const [action, resource] of [
    ["s3:GetObject", bucket.arnForObjects("*")],
    ["s3:ListBucket", bucket.bucketArn],
  ] as const) {
    bucket.addToResourcePolicy(
      new PolicyStatement({
        principals: [cloudFront()],
        actions: [action],
        resources: [resource],
        conditions,
      }),
    );
  }
}

/** Refuses CloudFront entry bundles and the copies of a day's edge, whatever else allows it: handles in entries can be linked, so an auditor's grant is asked for by the API. */
export function denyEntries(bucket: Bucket): void {
  bucket.addToResourcePolicy(
    new PolicyStatement({
      effect: Effect.DENY,
      principals: [cloudFront()],
      actions: ["s3:GetObject"],
      resources: ["*/tile/entries/*", "*/edges/*"].map((keys) => bucket.arnForObjects(keys)),
    }),
  );
}
