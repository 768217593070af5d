import type { IFunction } from "aws-cdk-lib/aws-lambda";
import { Construct } from "constructs";
import { names as auditorNames } from "../functions/auditor/env.ts";
import { names as claimantNames } from "../functions/claimant/env.ts";
import { names as insurerNames } from "../functions/insurer/env.ts";
import { names as publicNames } from "../functions/public/env.ts";
import { names as publishedNames } from "../functions/published/env.ts";
import type { Audience } from "../shared/api/route.ts";
import type { Foundation } from "./foundation.ts";
import { PlatformFunction } from "./platform-function.ts";
import type { Nudges } from "./queues.ts";

/** One function per audience of the table of routes. */
export class HttpFunctions extends Construct {
  readonly byAudience: Readonly<Record<Audience, IFunction>>;

  constructor(scope: Construct, id: string, on: Foundation, next: Nudges) {
    super(scope, id);
    const commanding = on.commanding(next);
    const reading = on.reading();
    const { evidence, jobs } = on.stores;
    const { DATABASE_URL, PUBLISHED_BUCKET, LIVE_BUCKET } = reading.env;
    const claimant = new PlatformFunction(this, "Claimant", {
      name: "claimant",
      names: claimantNames,
      ...commanding,
      env: { ...commanding.env, EVIDENCE_BUCKET: evidence.bucketName },
      places: { ...commanding.places, evidence: evidence.bucketArn },
    });
    const insurer = new PlatformFunction(this, "Insurer", {
      name: "insurer",
      names: insurerNames,
      ...commanding,
      env: { ...commanding.env, JOBS_BUCKET: jobs.bucketName },
      places: { ...commanding.places, jobs: jobs.bucketArn },
    });
    const { auditing } = on.stores;
    const auditor = new PlatformFunction(this, "Auditor", {
      name: "auditor",
      names: auditorNames,
      ...commanding,
      env: { ...commanding.env, AUDITING_BUCKET: auditing.bucketName },
      places: { ...commanding.places, auditing: auditing.bucketArn },
    });
    const open = new PlatformFunction(this, "Public", {
      name: "public",
      names: publicNames,
      env: { DATABASE_URL, PUBLISHED_BUCKET, LIVE_BUCKET },
      places: reading.places,
    });
    const published = new PlatformFunction(this, "Published", {
      name: "published",
      names: publishedNames,
      env: { PUBLISHED_BUCKET, LIVE_BUCKET },
      places: reading.places,
    });
    this.byAudience = {
      claimant: claimant.lambda,
      insurer: insurer.lambda,
      auditor: auditor.lambda,
      public: open.lambda,
      published: published.lambda,
    };
  }
}
