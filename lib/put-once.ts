import { AnyPrincipal, Effect, PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { Bucket } from "aws-cdk-lib/aws-s3";

/** Object Lock keeps a version; these keep another from being put over it, or a delete marker from opening its key again. */
export function putOnceOnly(bucket: Bucket): void {
  deny(bucket, "s3:PutObject", { Null: { "s3:if-none-match": "true" } });
  deny(bucket, "s3:DeleteObject");
}

/** Nobody puts and nobody deletes: S3 itself copies into it (`s3:ReplicateObject`). */
export function copiedOnly(bucket: Bucket): void {
  deny(bucket, "s3:PutObject");
  deny(bucket, "s3:DeleteObject");
}

function deny(bucket: Bucket, action: string, conditions: Record<string, object> = {}): void {
  bucket.addToResourcePolicy(
    new PolicyStatement({
      effect: Effect.DENY,
      principals: [new AnyPrincipal()],
      actions: [action],
      resources: [bucket.arnForObjects("*")],
      conditions,
    }),
  );
}
