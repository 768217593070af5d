import { CfnOutput, Duration } from "aws-cdk-lib";
import { Construct } from "constructs";
import { names as eraserNames } from "../functions/eraser/env.ts";
import { names as exporterNames } from "../functions/exporter/env.ts";
import { names as importerNames } from "../functions/importer/env.ts";
import { names as operatorNames } from "../functions/operator/env.ts";
import { names as payoutsNames } from "../functions/payouts/env.ts";
import { names as reconciliationNames } from "../functions/reconciliation/env.ts";
import { names as selfAuditNames } from "../functions/self-audit/env.ts";
import { names as shadowNames } from "../functions/shadow/env.ts";
import { names as totalsNames } from "../functions/totals/env.ts";
import type { Foundation } from "./foundation.ts";
import { jobTimeout, longJob, Sweep } from "./jobs.ts";
import { PlatformFunction } from "./platform-function.ts";
import type { Nudges } from "./queues.ts";
import { ScreeningToken } from "./screening-token.ts";

const hourly = Duration.hours(1);

/** Beside the walk: the operator's calls, erasures, control totals, auditors' exports, and the audit of our own logs. */
export class Operations extends Construct {
  readonly #foundation: Foundation;
  readonly #toPlace: Nudges;

  constructor(scope: Construct, id: string, foundation: Foundation, toPlace: Nudges) {
    super(scope, id);
    this.#foundation = foundation;
    this.#toPlace = toPlace;
    this.#operator();
    this.#eraser();
    this.#payouts();
    this.#reconciliation();
    this.#totals();
    this.#selfAudit();
    this.#exporter();
    this.#importer();
    this.#shadow();
  }

  #operator(): void {
    const commanding = this.#commanding();
    const signing = this.#foundation.signing();
    const { lambda } = new PlatformFunction(this, "Operator", {
      name: "operator",
      names: operatorNames,
      ...commanding,
      env: { ...commanding.env, ...signing.env },
      places: { ...commanding.places, ...signing.places },
      timeout: jobTimeout,
    });
    new CfnOutput(this, "Function", { value: lambda.functionName });
  }

  #eraser(): void {
    const commanding = this.#commanding();
    const signing = this.#foundation.signing();
    const { sealed, evidence, auditing, jobs } = this.#foundation.stores;
    const eraser = new PlatformFunction(this, "Eraser", {
      name: "eraser",
      names: eraserNames,
      ...commanding,
      env: {
        ...commanding.env,
        ...signing.env,
        ERASER_DATABASE_URL: this.#foundation.database.url("countersign_eraser"),
        SEALED_BUCKET: sealed.bucketName,
        EVIDENCE_BUCKET: evidence.bucketName,
        AUDITING_BUCKET: auditing.bucketName,
        JOBS_BUCKET: jobs.bucketName,
      },
      places: {
        ...commanding.places,
        ...signing.places,
        sealed: sealed.bucketArn,
        evidence: evidence.bucketArn,
        auditing: auditing.bucketArn,
        jobs: jobs.bucketArn,
      },
      ...longJob,
    });
    new Sweep(this, "Erase", eraser, hourly);
    new CfnOutput(this, "EraserFunction", { value: eraser.lambda.functionName });
  }

  #payouts(): void {
    const commanding = this.#commanding();
    const { secretArn } = new ScreeningToken(
      this,
      "ScreeningToken",
      this.#foundation.stores.objectsKey,
    ).secret;
    const payouts = new PlatformFunction(this, "Payouts", {
      name: "payouts",
      names: payoutsNames,
      ...commanding,
      env: {
        ...commanding.env,
        SCREENING_URL: this.#foundation.settings.screeningUrl,
        SCREENING_SECRET: secretArn,
      },
      places: { ...commanding.places, screeningToken: secretArn },
      ...longJob,
    });
    new Sweep(this, "Pay", payouts);
  }

  #reconciliation(): void {
    const commanding = this.#commanding();
    const { bank } = this.#foundation.stores;
    const reconciliation = new PlatformFunction(this, "Reconciliation", {
      name: "reconciliation",
      names: reconciliationNames,
      ...commanding,
      env: { ...commanding.env, BANK_BUCKET: bank.bucketName },
      places: { ...commanding.places, bank: bank.bucketArn },
      ...longJob,
    });
    new Sweep(this, "Reconcile", reconciliation);
  }

  #totals(): void {
    const totals = new PlatformFunction(this, "Totals", {
      name: "totals",
      names: totalsNames,
      ...this.#commanding(),
      ...longJob,
    });
    new Sweep(this, "Total", totals, hourly);
  }

  #selfAudit(): void {
    const commanding = this.#commanding();
    const { NUDGE_QUEUE_URL: _, ...reading } = commanding.env;
    const signing = this.#foundation.signing();
    const { auditing } = this.#foundation.stores;
    const selfAudit = new PlatformFunction(this, "SelfAudit", {
      name: "self-audit",
      names: selfAuditNames,
      ...commanding,
      env: {
        ...reading,
        ...signing.env,
        AUDITING_BUCKET: auditing.bucketName,
        DATABASE_URL: this.#foundation.database.url("countersign_auditor"),
      },
      places: { ...commanding.places, ...signing.places, auditing: auditing.bucketArn },
      timeout: longJob.timeout,
      memoryMiB: 2048,
    });
    new Sweep(this, "Audit", selfAudit, hourly);
  }

  #exporter(): void {
    const commanding = this.#commanding();
    const { DATA_KEY_ID, WRAPPED_KEYS_BUCKET, PUBLISHED_BUCKET, LIVE_BUCKET } = commanding.env;
    const { auditing } = this.#foundation.stores;
    const exporter = new PlatformFunction(this, "Exporter", {
      name: "exporter",
      names: exporterNames,
      ...commanding,
      env: {
        ...{ DATA_KEY_ID, WRAPPED_KEYS_BUCKET, PUBLISHED_BUCKET, LIVE_BUCKET },
        DATABASE_URL: this.#foundation.database.url("countersign_auditor"),
        AUDITING_BUCKET: auditing.bucketName,
      },
      places: { ...commanding.places, auditing: auditing.bucketArn },
      ...longJob,
    });
    new Sweep(this, "Export", exporter);
  }

  #shadow(): void {
    const commanding = this.#commanding();
    const { DATA_KEY_ID, WRAPPED_KEYS_BUCKET, PUBLISHED_BUCKET, LIVE_BUCKET } = commanding.env;
    const { jobs } = this.#foundation.stores;
    const shadow = new PlatformFunction(this, "Shadow", {
      name: "shadow",
      names: shadowNames,
      ...commanding,
      env: {
        ...{ DATA_KEY_ID, WRAPPED_KEYS_BUCKET, PUBLISHED_BUCKET, LIVE_BUCKET },
        DATABASE_URL: this.#foundation.database.url("countersign_auditor"),
        JOBS_BUCKET: jobs.bucketName,
      },
      places: { ...commanding.places, jobs: jobs.bucketArn },
      timeout: longJob.timeout,
      memoryMiB: 3008,
    });
    new Sweep(this, "Compare", shadow);
  }

  #importer(): void {
    const commanding = this.#commanding();
    const { NUDGE_QUEUE_URL: _, ...env } = commanding.env;
    const { jobs } = this.#foundation.stores;
    const importer = new PlatformFunction(this, "Importer", {
      name: "importer",
      names: importerNames,
      ...commanding,
      env: { ...env, JOBS_BUCKET: jobs.bucketName },
      places: { ...commanding.places, jobs: jobs.bucketArn },
      ...longJob,
    });
    new Sweep(this, "Import", importer);
  }

  #commanding() {
    return this.#foundation.commanding(this.#toPlace);
  }
}
