import { Duration } from "aws-cdk-lib";
import { Certificate } from "aws-cdk-lib/aws-certificatemanager";
import {
  AllowedMethods,
  type BehaviorOptions,
  CachePolicy,
  Function as CdnFunction,
  CfnDistribution,
  Distribution,
  FunctionCode,
  FunctionEventType,
  FunctionRuntime,
  GeoRestriction,
  HttpVersion,
  type IOrigin,
  OriginRequestPolicy,
  SecurityPolicyProtocol,
  ViewerProtocolPolicy,
} from "aws-cdk-lib/aws-cloudfront";
import { Construct } from "constructs";
import { acknowledge } from "./acknowledge.ts";
import { DeploymentStack } from "./deployment-stack.ts";
import { EdgeHeaders } from "./edge-headers.ts";
import { type EdgeOrigin, edgePaths, keyOfPath } from "./edge-paths.ts";

/** Answers with one of these statuses are never kept: what one caller is refused another may be given. */
const uncached = [400, 403, 404, 405, 414, 500, 501, 502, 503, 504] as const;

/** What the distribution stands on. */
export interface EdgeDistributionProps {
  readonly origins: Readonly<Record<EdgeOrigin, IOrigin>>;
  readonly firewallArn: string;
}

/** The one way in: CloudFront in front of the API, the published files and the pages, by path, behind the firewall. */
export class EdgeDistribution extends Construct {
  readonly distribution: Distribution;

  constructor(scope: Construct, id: string, { origins, firewallArn }: EdgeDistributionProps) {
    super(scope, id);
    const { countries, domain } = DeploymentStack.of(this).settings;
    const behaviors = this.#behaviors(origins);
    this.distribution = new Distribution(this, "Distribution", {
      comment: "Countersign: the API, the published logs and the pages",
      webAclId: firewallArn,
      httpVersion: HttpVersion.HTTP2_AND_3,
      geoRestriction: GeoRestriction[countries.served ? "allowlist" : "denylist"](
        ...countries.codes,
      ),
      errorResponses: uncached.map((httpStatus) => ({ httpStatus, ttl: Duration.seconds(0) })),
      defaultBehavior: behaviors.api,
      additionalBehaviors: Object.fromEntries(
        edgePaths.map(([pattern, origin]) => [pattern, behaviors[origin]]),
      ),
      ...(domain === undefined
        ? {}
        : {
            domainNames: [domain.name],
            minimumProtocolVersion: SecurityPolicyProtocol.TLS_V1_2_2021,
            certificate: Certificate.fromCertificateArn(this, "Certificate", domain.certificate),
          }),
    });
    sayNoCookies(this.distribution);
    if (domain === undefined) acknowledge(this.distribution, "AwsSolutions-CFR4", noDomain);
  }

  /** How paths of each origin are answered: of the API everything that a caller sent and nothing kept; of a bucket objects by their key, kept as long as each says itself. */
  #behaviors(origins: Readonly<Record<EdgeOrigin, IOrigin>>) {
    const viewerProtocolPolicy = ViewerProtocolPolicy.HTTPS_ONLY;
    const api: BehaviorOptions = {
      origin: origins.api,
      viewerProtocolPolicy,
      allowedMethods: AllowedMethods.ALLOW_ALL,
      cachePolicy: CachePolicy.CACHING_DISABLED,
      originRequestPolicy: OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
    };
    const { edge } = DeploymentStack.of(this).names;
    const headers = new EdgeHeaders(this, "Headers");
    const file = {
      viewerProtocolPolicy,
      allowedMethods: AllowedMethods.ALLOW_GET_HEAD,
      cachePolicy: new CachePolicy(this, "AsObjectsSay", {
        cachePolicyName: `${edge}-files`,
        comment: "Countersign: as long as the object says, no longer",
        minTtl: Duration.seconds(0),
        defaultTtl: Duration.seconds(0),
        maxTtl: Duration.days(365),
        enableAcceptEncodingGzip: true,
        enableAcceptEncodingBrotli: true,
      }),
      functionAssociations: [
        {
          eventType: FunctionEventType.VIEWER_REQUEST,
          function: new CdnFunction(this, "KeyOfPath", {
            functionName: `${edge}-key-of-path`,
            comment: "Countersign: the object's key for a path",
            runtime: FunctionRuntime.JS_2_0,
            code: FunctionCode.fromInline(keyOfPath),
          }),
        },
      ],
    };
    const published = { ...file, responseHeadersPolicy: headers.published };
    return {
      api,
      live: { ...published, origin: origins.live },
      published: { ...published, origin: origins.published },
      pages: { ...file, responseHeadersPolicy: headers.pages, origin: origins.pages },
    } satisfies Record<EdgeOrigin, BehaviorOptions>;
  }
}

/** Each request is logged through CloudWatch (lib/edge-logs.ts), without addresses and paths, which the older logs to a bucket can't leave out. What the distribution itself says of either kind: no cookies. */
function sayNoCookies({ node }: Distribution): void {
  const distribution = node.defaultChild;
  if (!(distribution instanceof CfnDistribution)) throw new Error("bug: it is a distribution");
  const config = distribution.distributionConfig as CfnDistribution.DistributionConfigProperty;
  distribution.distributionConfig = { ...config, logging: { includeCookies: false } };
}

const noDomain =
  "Without -c domainName the certificate is CloudFront's own, whose oldest TLS version nobody chooses; with one it is 1.2.";
