import { Duration } from "aws-cdk-lib";
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
import { DeploymentStack } from "./deployment-stack.ts";

/** What holds of every bucket here: private, TLS only. */
const closed = {
  blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
  enforceSSL: true,
  minimumTLSVersion: 1.2,
  objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
} as const satisfies BucketProps;

/** Why a bucket is not what is asked of every one: that it keeps versions, that a copy lies in another region, that a key of ours closes it. */
export interface Exceptions {
  readonly unversioned?: string;
  /** Of a bucket with versions; one without has no copy either. */
  readonly uncopied?: string;
  readonly s3Managed?: string;
}

function unlike(bucket: Bucket, { unversioned, uncopied, s3Managed }: Exceptions): void {
  const notCopied = unversioned && `${unversioned} S3 copies only what keeps versions.`;
  for (const [rule, why] of [
    ["VersioningEnabled", unversioned],
    ["ReplicationEnabled", uncopied ?? notCopied],
  ] as const) {
    if (why) acknowledge(bucket, `HIPAA.Security-S3Bucket${rule}`, why);
  }
  if (s3Managed) acknowledge(bucket, "HIPAA.Security-S3DefaultEncryptionKMS", s3Managed);
}

const accessLogDays = 365;
/** Enough for every year. */
const daysOfYear = 366;

/** Buckets of one concern, and one more that says who asked them for what, kept one year. */
export class Buckets extends Construct {
  readonly accessLogs: Bucket;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.accessLogs = new Bucket(this, "AccessLogs", {
      ...closed,
      encryption: BucketEncryption.S3_MANAGED,
      removalPolicy: DeploymentStack.of(this).kept,
      lifecycleRules: [{ expiration: Duration.days(accessLogDays) }],
    });
    unlike(this.accessLogs, {
      unversioned: "S3 alone writes it, a new object each time.",
      s3Managed: "S3 delivers access logs to no bucket that a key of ours closes.",
    });
  }

  add(name: string, props: BucketProps, exceptions: Exceptions): Bucket {
    const bucket = new Bucket(this, name, {
      ...closed,
      removalPolicy: DeploymentStack.of(this).kept,
      serverAccessLogsBucket: this.accessLogs as IBucket,
      serverAccessLogsPrefix: `${name}/`,
      ...props,
    });
    unlike(bucket, exceptions);
    return bucket;
  }

  /** Versions that stay: in prod for years that nobody can shorten, in dev for a day that an administrator can. */
  locked(): BucketProps {
    const { retentionYears: years } = DeploymentStack.of(this).settings;
    return {
      versioned: true,
      objectLockEnabled: true,
      objectLockDefaultRetention:
        years === undefined
          ? ObjectLockRetention.governance(Duration.days(1))
          : ObjectLockRetention.compliance(Duration.days(years * daysOfYear)),
    };
  }
}
