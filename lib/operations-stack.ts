import { CfnOutput, Duration, Stack, type StackProps } from "aws-cdk-lib";
import type { Construct } from "constructs";
import { names as eraserNames } from "../functions/eraser/env.ts";
import { names as exporterNames } from "../functions/exporter/env.ts";
import { names as importerNames } from "../functions/importer/env.ts";
import { names as operatorNames } from "../functions/operator/env.ts";
import { names as selfAuditNames } from "../functions/self-audit/env.ts";
import { names as totalsNames } from "../functions/totals/env.ts";
import type { Foundation } from "./foundation.ts";
import { jobTimeout, type Nudges, Sweep } from "./jobs.ts";
import type { Connections } from "./migration-stack.ts";
import { PlatformFunction } from "./platform-function.ts";
import type { SignerStack } from "./signer-stack.ts";

/** What the operator's functions stand on. */
export interface OperationsFrom {
  readonly foundation: Foundation;
  readonly signer: SignerStack;
  /** Wakes the sequencer. */
  readonly toPlace: Nudges;
}

const longJob = { timeout: Duration.minutes(15), memoryMiB: 1024 };

/** Beside the walk: the operator's calls, erasures, control totals, and the audit of our own logs. Nothing else knows of it. */
export class OperationsStack extends Stack {
  /** Who of it connects as whom. */
  readonly connections: Connections;

  constructor(scope: Construct, id: string, from: OperationsFrom, props: StackProps = {}) {
    super(scope, id, props);
    const operator = this.#operator(from);
    const eraser = this.#eraser(from);
    const totals = this.#totals(from);
    const selfAudit = this.#selfAudit(from);
    const exporter = this.#exporter(from);
    const importer = this.#importer(from);
    this.connections = {
      countersign_app: [operator, eraser, totals, importer],
      countersign_eraser: [eraser],
      countersign_auditor: [selfAudit, exporter],
    };
  }

  #operator({ foundation, signer, toPlace }: OperationsFrom): string {
    const { env, places } = this.#commanding(foundation, toPlace);
    const signing = signer.reading();
    const { lambda, role } = new PlatformFunction(this, "Operator", {
      name: "operator",
      names: operatorNames,
      env: { ...env, ...signing.env },
      places: { ...places, ...signing.places },
      timeout: jobTimeout,
    });
    new CfnOutput(this, "Function", { value: lambda.functionName });
    return role.roleArn;
  }

  #eraser({ foundation, toPlace }: OperationsFrom): string {
    const { env, places } = this.#commanding(foundation, toPlace);
    const { sealed, evidence } = foundation.stores;
    const { lambda, role } = new PlatformFunction(this, "Eraser", {
      name: "eraser",
      names: eraserNames,
      env: {
        ...env,
        ERASER_DATABASE_URL: foundation.database.url("countersign_eraser"),
        SEALED_BUCKET: sealed.bucketName,
        EVIDENCE_BUCKET: evidence.bucketName,
        AUDITING_BUCKET: foundation.stores.auditing.bucketName,
        JOBS_BUCKET: foundation.stores.jobs.bucketName,
      },
      places: {
        ...places,
        sealed: Stack.of(sealed).exportValue(sealed.bucketArn),
        evidence: Stack.of(evidence).exportValue(evidence.bucketArn),
        auditing: this.#auditing(foundation),
        jobs: this.#jobs(foundation),
      },
      ...longJob,
    });
    new Sweep(this, "Erase", lambda, Duration.hours(1));
    return role.roleArn;
  }

  #totals({ foundation, toPlace }: OperationsFrom): string {
    const { lambda, role } = new PlatformFunction(this, "Totals", {
      name: "totals",
      names: totalsNames,
      ...this.#commanding(foundation, toPlace),
      ...longJob,
    });
    new Sweep(this, "Total", lambda, Duration.hours(1));
    return role.roleArn;
  }

  #selfAudit({ foundation, signer, toPlace }: OperationsFrom): string {
    const { env, places } = this.#commanding(foundation, toPlace);
    const { NUDGE_QUEUE_URL: _, ...reading } = env;
    const signing = signer.reading();
    const { lambda, role } = new PlatformFunction(this, "SelfAudit", {
      name: "self-audit",
      names: selfAuditNames,
      env: {
        ...reading,
        ...signing.env,
        AUDITING_BUCKET: foundation.stores.auditing.bucketName,
        DATABASE_URL: foundation.database.url("countersign_auditor"),
      },
      places: { ...places, ...signing.places, auditing: this.#auditing(foundation) },
      timeout: Duration.minutes(15),
      memoryMiB: 2048,
    });
    new Sweep(this, "Audit", lambda, Duration.hours(1));
    return role.roleArn;
  }

  #exporter({ foundation, toPlace }: OperationsFrom): string {
    const { env, places } = this.#commanding(foundation, toPlace);
    const { DATA_KEY_ID, WRAPPED_KEYS_BUCKET, PUBLISHED_BUCKET, LIVE_BUCKET } = env;
    const { lambda, role } = new PlatformFunction(this, "Exporter", {
      name: "exporter",
      names: exporterNames,
      env: {
        ...{ DATA_KEY_ID, WRAPPED_KEYS_BUCKET, PUBLISHED_BUCKET, LIVE_BUCKET },
        DATABASE_URL: foundation.database.url("countersign_auditor"),
        AUDITING_BUCKET: foundation.stores.auditing.bucketName,
      },
      places: { ...places, auditing: this.#auditing(foundation) },
      ...longJob,
    });
    new Sweep(this, "Export", lambda);
    return role.roleArn;
  }

  #importer({ foundation, toPlace }: OperationsFrom): string {
    const { env, places } = this.#commanding(foundation, toPlace);
    const { NUDGE_QUEUE_URL: _, ...commanding } = env;
    const { lambda, role } = new PlatformFunction(this, "Importer", {
      name: "importer",
      names: importerNames,
      env: { ...commanding, JOBS_BUCKET: foundation.stores.jobs.bucketName },
      places: { ...places, jobs: this.#jobs(foundation) },
      ...longJob,
    });
    new Sweep(this, "Import", lambda);
    return role.roleArn;
  }

  #jobs(foundation: Foundation): string {
    const { bucketArn } = foundation.stores.jobs;
    return Stack.of(foundation).exportValue(bucketArn);
  }

  #auditing(foundation: Foundation): string {
    const { bucketArn } = foundation.stores.auditing;
    return Stack.of(foundation).exportValue(bucketArn);
  }

  /** As functions of the platform's own stack have it, the buckets by what that stack exports. */
  #commanding(foundation: Foundation, toPlace: Nudges) {
    const { env, places } = foundation.commanding(toPlace);
    const exported = (arn: string) => Stack.of(foundation).exportValue(arn);
    return {
      env,
      places: {
        ...places,
        published: exported(places.published),
        live: exported(places.live),
        wrappedKeys: exported(places.wrappedKeys),
      },
    };
  }
}
