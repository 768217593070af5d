import { Aws } from "aws-cdk-lib";
import { ManagedPolicy, PolicyStatement, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { Bucket, type BucketProps, type IBucket } from "aws-cdk-lib/aws-s3";
import type { Construct } from "constructs";
import { acknowledgeParts } from "./acknowledge.ts";
import { DeploymentStack } from "./deployment-stack.ts";

/** What S3 reads of a version that it copies, its lock among it. */
const reading = [
  "s3:GetObjectVersionForReplication",
  "s3:GetObjectVersionAcl",
  "s3:GetObjectVersionTagging",
  "s3:GetObjectRetention",
  "s3:GetObjectLegalHold",
] as const;

/** A copy of each published object with its lock, which S3 makes in the region that may take over; undefined where there is none. Of deletions it is told nothing. */
export function publishedCopy(scope: Construct) {
  const { names, settings } = DeploymentStack.of(scope);
  const { failoverRegion } = settings;
  if (failoverRegion === undefined) return undefined;
  const bucketName = names.publishedCopy(failoverRegion);
  const copyArn = `arn:${Aws.PARTITION}:s3:::${bucketName}`;
  const replicationRole = new Role(scope, "CopyRole", {
    description: "Countersign: copies what is published to another region",
    assumedBy: new ServicePrincipal("s3.amazonaws.com"),
  });
  const destination = Bucket.fromBucketName(scope, "Copy", bucketName) as IBucket;
  return {
    props: {
      replicationRole,
      replicationRules: [{ id: "published", priority: 1, destination }],
    } satisfies BucketProps,
    admit: ({ bucketArn }: Bucket): void => {
      const statements = [
        new PolicyStatement({
          actions: ["s3:GetReplicationConfiguration", "s3:ListBucket"],
          resources: [bucketArn],
        }),
        new PolicyStatement({ actions: [...reading], resources: [`${bucketArn}/*`] }),
        new PolicyStatement({
          actions: ["s3:ReplicateObject", "s3:ReplicateTags"],
          resources: [`${copyArn}/*`],
        }),
      ];
      const roles = [replicationRole];
      const path = "/countersign/";
      const policy = new ManagedPolicy(scope, "CopyPolicy", { roles, statements, path });
      acknowledgeParts(policy, statements);
    },
  };
}
