import type { IFunction } from "aws-cdk-lib/aws-lambda";
import { Construct } from "constructs";
import { names as auditorNames } from "../functions/auditor/env.ts";
import { names as claimantNames } from "../functions/claimant/env.ts";
import { names as insurerNames } from "../functions/insurer/env.ts";
import { names as publicNames } from "../functions/public/env.ts";
import { names as unroutedNames } from "../functions/unrouted/env.ts";
import type { AnsweredAudience } from "../shared/api/route.ts";
import type { Foundation } from "./foundation.ts";
import { OriginVerify } from "./origin-verify.ts";
import { PlatformFunction } from "./platform-function.ts";
import type { Nudges } from "./queues.ts";

/** One function per audience of the table of routes that is answered by one, and one for what no route takes. */
export class HttpFunctions extends Construct {
  readonly byName: Readonly<Record<AnsweredAudience | "unrouted", IFunction>>;

  constructor(scope: Construct, id: string, on: Foundation, next: Nudges) {
    super(scope, id);
    const { accepted: ORIGIN_VERIFY } = new OriginVerify(
      this,
      "OriginVerify",
      on.stores.objectsKey,
    );
    const commanding = on.commanding(next);
    const reading = on.reading();
    const { evidence, jobs } = on.stores;
    const { DATABASE_URL, PUBLISHED_BUCKET, LIVE_BUCKET } = reading.env;
    const claimant = new PlatformFunction(this, "Claimant", {
      name: "claimant",
      names: claimantNames,
      ...commanding,
      env: { ...commanding.env, EVIDENCE_BUCKET: evidence.bucketName, ORIGIN_VERIFY },
      places: { ...commanding.places, evidence: evidence.bucketArn },
    });
    const insurer = new PlatformFunction(this, "Insurer", {
      name: "insurer",
      names: insurerNames,
      ...commanding,
      env: { ...commanding.env, JOBS_BUCKET: jobs.bucketName, ORIGIN_VERIFY },
      places: { ...commanding.places, jobs: jobs.bucketArn },
    });
    const { auditing } = on.stores;
    const auditor = new PlatformFunction(this, "Auditor", {
      name: "auditor",
      names: auditorNames,
      ...commanding,
      env: { ...commanding.env, AUDITING_BUCKET: auditing.bucketName, ORIGIN_VERIFY },
      places: { ...commanding.places, auditing: auditing.bucketArn },
    });
    const open = new PlatformFunction(this, "Public", {
      name: "public",
      names: publicNames,
      env: { DATABASE_URL, PUBLISHED_BUCKET, LIVE_BUCKET, ORIGIN_VERIFY },
      places: reading.places,
    });
    const unrouted = new PlatformFunction(this, "Unrouted", {
      name: "unrouted",
      names: unroutedNames,
      env: { ORIGIN_VERIFY },
      places: {},
    });
    this.byName = {
      claimant: claimant.lambda,
      insurer: insurer.lambda,
      auditor: auditor.lambda,
      public: open.lambda,
      unrouted: unrouted.lambda,
    };
  }
}
