import { Duration, RemovalPolicy } from "aws-cdk-lib";
import { AnyPrincipal, Effect, PolicyStatement } from "aws-cdk-lib/aws-iam";
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  type BucketProps,
  type IBucket,
  ObjectLockRetention,
  ObjectOwnership,
} from "aws-cdk-lib/aws-s3";
import { Construct } from "constructs";
import { acknowledge } from "./acknowledge.ts";

/** What holds of every bucket here: private, encrypted, TLS only, kept when the stack goes. */
export const closed = {
  blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
  encryption: BucketEncryption.S3_MANAGED,
  enforceSSL: true,
  minimumTLSVersion: 1.2,
  objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
  removalPolicy: RemovalPolicy.RETAIN,
} as const satisfies BucketProps;

/** A bucket for other buckets' access logs, kept one year. */
export function accessLogs(scope: Construct): IBucket {
  const logs = new Bucket(scope, "AccessLogs", {
    ...closed,
    lifecycleRules: [{ expiration: Duration.days(365) }],
  });
  acknowledge(logs, "AwsSolutions-S1", "It holds access logs; logging it would log the logging.");
  return logs as IBucket;
}

/** The platform's buckets. */
export class Stores extends Construct {
  /**
   * Full tiles and bundles, notes, packs and daily edges: versioned and locked, so that nobody takes back what a reader may have seen; put only where
   * nothing is, and never deleted, by anybody.
   */
  readonly published: Bucket;
  /** The newest checkpoint, and partial tiles and bundles, which full ones replace: all can be made again from the others and the database. */
  readonly live: Bucket;
  /** Ciphertexts, so that the database can be rebuilt: unlocked and unversioned, for erasure deletes them. */
  readonly sealed: Bucket;
  /** Documents of claims: unversioned, for erasure deletes them; what was uploaded lies under `incoming/` for a day, what was confirmed is copied from there. */
  readonly evidence: Bucket;
  /** Wrapped data keys: a store of their own, unversioned, for a deleted key must be gone. */
  readonly wrappedKeys: Bucket;
  /** Exports that auditors asked for, and the last verdict on each log: unlocked and unversioned, for exports are thrown away after a week. */
  readonly auditing: Bucket;
  /** What insurers asked for as jobs: uploads of policies under `incoming/`, progress and results; unlocked and unversioned, for all of it is thrown away. */
  readonly jobs: Bucket;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    const serverAccessLogsBucket = accessLogs(this);
    const bucket = (name: string, props: BucketProps = {}) =>
      new Bucket(this, name, {
        ...closed,
        serverAccessLogsBucket,
        serverAccessLogsPrefix: `${name}/`,
        ...props,
      });
    this.published = bucket("Published", {
      versioned: true,
      objectLockEnabled: true,
      objectLockDefaultRetention: ObjectLockRetention.governance(Duration.days(1)),
    });
    putOnceOnly(this.published);
    this.live = bucket("Live");
    this.sealed = bucket("Sealed");
    this.evidence = bucket("Evidence", {
      lifecycleRules: [{ prefix: "incoming/", expiration: Duration.days(1) }],
    });
    this.wrappedKeys = bucket("WrappedKeys");
    const expiration = Duration.days(8);
    this.auditing = bucket("Auditing", {
      lifecycleRules: ["files/", "jobs/"].map((prefix) => ({ prefix, expiration })),
    });
    this.jobs = bucket("Jobs", {
      lifecycleRules: [
        { prefix: "incoming/", expiration: Duration.days(1) },
        { prefix: "imports/", expiration },
      ],
    });
  }
}

/** Object Lock keeps a version; these keep another from being put over it, or a delete marker from opening its key again. */
function putOnceOnly(bucket: Bucket): void {
  const everyone = {
    effect: Effect.DENY,
    principals: [new AnyPrincipal()],
    resources: [bucket.arnForObjects("*")],
  };
  bucket.addToResourcePolicy(
    new PolicyStatement({
      ...everyone,
      actions: ["s3:PutObject"],
      conditions: { Null: { "s3:if-none-match": "true" } },
    }),
  );
  bucket.addToResourcePolicy(new PolicyStatement({ ...everyone, actions: ["s3:DeleteObject"] }));
}
