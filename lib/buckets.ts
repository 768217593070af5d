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
    const why = "It holds access logs; logging it would log the logging.";
    acknowledge(this.accessLogs, "AwsSolutions-S1", why);
  }

  add(name: string, props: BucketProps): Bucket {
    return new Bucket(this, name, {
      ...closed,
      removalPolicy: DeploymentStack.of(this).kept,
      serverAccessLogsBucket: this.accessLogs as IBucket,
      serverAccessLogsPrefix: `${name}/`,
      ...props,
    });
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
