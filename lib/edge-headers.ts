import { Duration } from "aws-cdk-lib";
import {
  HeadersFrameOption,
  HeadersReferrerPolicy,
  type IResponseHeadersPolicy,
  type ResponseHeadersCorsBehavior,
  ResponseHeadersPolicy,
  type ResponseSecurityHeadersBehavior,
} from "aws-cdk-lib/aws-cloudfront";
import { Construct } from "constructs";
import { DeploymentStack } from "./deployment-stack.ts";

const override = true;

/** Any site may read what is published: it is for anyone, and asks for no cookie. */
const corsBehavior: ResponseHeadersCorsBehavior = {
  accessControlAllowOrigins: ["*"],
  accessControlAllowMethods: ["GET", "HEAD"],
  accessControlAllowHeaders: ["*"],
  accessControlExposeHeaders: ["etag"],
  accessControlAllowCredentials: false,
  originOverride: true,
};

const plain: ResponseSecurityHeadersBehavior = {
  contentTypeOptions: { override },
  strictTransportSecurity: {
    accessControlMaxAge: Duration.days(730),
    includeSubdomains: true,
    override,
  },
};

/** The headers of what comes from a bucket, which are those of the local gateway; an answer of the API brings its own. */
export class EdgeHeaders extends Construct {
  readonly published: IResponseHeadersPolicy;
  readonly pages: IResponseHeadersPolicy;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    const { edge } = DeploymentStack.of(this).names;
    this.published = new ResponseHeadersPolicy(this, "Published", {
      responseHeadersPolicyName: `${edge}-files`,
      comment: "Countersign: files of a log",
      corsBehavior,
      securityHeadersBehavior: plain,
    });
    this.pages = new ResponseHeadersPolicy(this, "Pages", {
      responseHeadersPolicyName: `${edge}-pages`,
      comment: "Countersign: pages",
      corsBehavior,
      securityHeadersBehavior: {
        ...plain,
        contentSecurityPolicy: { contentSecurityPolicy: "frame-ancestors 'none'", override },
        frameOptions: { frameOption: HeadersFrameOption.DENY, override },
        referrerPolicy: { referrerPolicy: HeadersReferrerPolicy.NO_REFERRER, override },
      },
    });
  }
}
