import { type App, CfnOutput } from "aws-cdk-lib";
import { BucketEncryption } from "aws-cdk-lib/aws-s3";
import { Buckets } from "./buckets.ts";
import { DeploymentStack, envOf } from "./deployment-stack.ts";
import { copiedOnly } from "./put-once.ts";
import type { Settings } from "./settings.ts";

/** What lies in the region that may take over: a copy of all that is published, under the same lock, into which only S3's replication puts. */
export class FailoverStack extends DeploymentStack {
  constructor(app: App, id: string, settings: Settings, region: string) {
    super(app, id, settings, envOf(region, settings.accounts?.platform));
    const buckets = new Buckets(this, "Buckets");
    const published = buckets.add(
      "Published",
      {
        bucketName: this.names.publishedCopy(region),
        encryption: BucketEncryption.S3_MANAGED,
        ...buckets.locked(),
      },
      {
        uncopied: "It is the copy itself, of a bucket that is locked as well.",
        s3Managed: "What lies in it is published for anyone.",
      },
    );
    copiedOnly(published);
    new CfnOutput(this, "PublishedCopy", { value: published.bucketName });
  }
}
