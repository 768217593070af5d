import { type App, CfnOutput, Duration, SecretValue } from "aws-cdk-lib";
import {
  OriginProtocolPolicy,
  OriginSslPolicy,
  S3OriginAccessControl,
} from "aws-cdk-lib/aws-cloudfront";
import { HttpOrigin, S3BucketOrigin } from "aws-cdk-lib/aws-cloudfront-origins";
import { Bucket, BucketEncryption, type IBucket } from "aws-cdk-lib/aws-s3";
import { gatewayLimits } from "../shared/api/gateway-error.ts";
import { originVerifyHeader } from "../shared/api/origin-verify.ts";
import { Alarms } from "./alarms.ts";
import { Buckets } from "./buckets.ts";
import { admitCdn } from "./cdn-access.ts";
import { DeploymentStack, envOf } from "./deployment-stack.ts";
import { EdgeDistribution } from "./edge-distribution.ts";
import { EdgeLogs } from "./edge-logs.ts";
import { edgeRegion } from "./edge-region.ts";
import type { Settings } from "./settings.ts";
import { WebFirewall } from "./web-firewall.ts";

/** What is in front of everything, in the region that CloudFront asks for: firewall, distribution, and the pages it serves. */
export class EdgeStack extends DeploymentStack {
  constructor(app: App, id: string, settings: Settings, apiHost: string) {
    super(app, id, settings, envOf(edgeRegion, settings.accounts?.platform));
    const pages = new Buckets(this, "Buckets").add(
      "Pages",
      { encryption: BucketEncryption.S3_MANAGED, versioned: true },
      {
        uncopied: "Pages are built again to the byte, by anyone.",
        s3Managed: "Pages are for anyone.",
      },
    );
    const { distribution } = new EdgeDistribution(this, "Cdn", {
      origins: this.#origins(apiHost, pages as IBucket),
      firewallArn: new WebFirewall(this, "Firewall").arn,
    });
    admitCdn(pages, distribution.distributionArn);
    new EdgeLogs(this, "Logs", distribution);
    new Alarms(this, "Alarms");
    new CfnOutput(this, "Url", {
      value: `https://${settings.domain?.name ?? distribution.distributionDomainName}`,
    });
    new CfnOutput(this, "DomainTarget", { value: distribution.distributionDomainName });
    new CfnOutput(this, "PagesBucket", { value: pages.bucketName });
  }

  /** The API, told who asks by the newest value; the platform's buckets, known by their names; the pages. */
  #origins(apiHost: string, pages: IBucket) {
    const { names, settings } = this;
    const newest = settings.originVerify.at(-1);
    if (newest === undefined) throw new Error("bug: there is a generation");
    const said = SecretValue.secretsManager(names.originVerify(newest));
    const { originAccessControlId } = new S3OriginAccessControl(this, "Access", {
      originAccessControlName: names.edge,
    });
    const bucketOf = (bucket: IBucket) =>
      S3BucketOrigin.withBucketDefaults(bucket, { originAccessControlId });
    const named = (name: "published" | "live") =>
      bucketOf(
        Bucket.fromBucketAttributes(this, name, {
          bucketName: names.bucket(name, names.platformAccount),
          region: settings.region,
        }),
      );
    return {
      api: new HttpOrigin(apiHost, {
        protocolPolicy: OriginProtocolPolicy.HTTPS_ONLY,
        originSslProtocols: [OriginSslPolicy.TLS_V1_2],
        readTimeout: Duration.millis(gatewayLimits.integrationMs),
        customHeaders: { [originVerifyHeader]: said.unsafeUnwrap() },
      }),
      live: named("live"),
      published: named("published"),
      pages: bucketOf(pages),
    };
  }
}
