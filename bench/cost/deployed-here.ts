import { channel } from "node:diagnostics_channel";
import type { IncomingMessage } from "node:http";
import { join } from "node:path";
import { names as adjudicator } from "../../functions/adjudicator/env.ts";
import { names as announcer } from "../../functions/announcer/env.ts";
import { names as claimant } from "../../functions/claimant/env.ts";
import { names as eraser } from "../../functions/eraser/env.ts";
import { names as exporter } from "../../functions/exporter/env.ts";
import { names as importer } from "../../functions/importer/env.ts";
import { names as payouts } from "../../functions/payouts/env.ts";
import { names as publisher } from "../../functions/publisher/env.ts";
import { names as reconciliation } from "../../functions/reconciliation/env.ts";
import { names as selfAudit } from "../../functions/self-audit/env.ts";
import { names as sequencer } from "../../functions/sequencer/env.ts";
import { names as shadow } from "../../functions/shadow/env.ts";
import { names as signer } from "../../functions/signer/env.ts";
import { names as totals } from "../../functions/totals/env.ts";
import { bundleFunctions } from "../../lib/bundle-functions.ts";
import { serveEventBridge } from "../../local/eventbridge/serve.ts";
import { type BundledFunction, startBundled } from "../../local/lambda/bundled.ts";
import { folderStore } from "../../local/objects/folder.ts";
import { dataAlias, signingAlias } from "../../local/platform/kms-keys.ts";
import type { Services } from "../../local/platform/services.ts";
import type { Role } from "../../local/postgres/roles.ts";
import { serveS3 } from "../../local/s3/serve.ts";
import { serveSqs } from "../../local/sqs/serve.ts";

/** The functions that a claim passes, and those that come again by themselves. */
export const functionNames = {
  ...{ claimant, adjudicator, sequencer, signer, publisher, announcer },
  ...{ payouts, reconciliation, exporter, importer, shadow },
  ...{ eraser, totals, "self-audit": selfAudit },
} as const;
export type CountedName = keyof typeof functionNames;

const roles: Readonly<Record<CountedName, Role>> = {
  ...{ claimant: "app", adjudicator: "app", sequencer: "sequencer", signer: "publisher" },
  ...{ publisher: "publisher", announcer: "auditor", exporter: "auditor", importer: "app" },
  ...{ payouts: "app", reconciliation: "app", shadow: "auditor", eraser: "app" },
  ...{ totals: "app", "self-audit": "auditor" },
};

/** Requests that a service was sent, by what it charges. */
export interface Requests {
  s3Puts: number;
  s3Gets: number;
  kmsSymmetric: number;
  kmsAsymmetric: number;
  messages: number;
  events: number;
  logBytes: number;
}

/** The functions as they are deployed, on stubs of the services they use. */
export interface Deployed {
  readonly functions: Readonly<Record<CountedName, BundledFunction>>;
  readonly requests: Requests;
  /** Each metric that a function wrote, as `function metric`. */
  readonly metrics: Set<string>;
  stop(): Promise<void>;
}

const none: Requests = {
  ...{ s3Puts: 0, s3Gets: 0, kmsSymmetric: 0, kmsAsymmetric: 0 },
  ...{ messages: 0, events: 0, logBytes: 0 },
};

/** CloudWatch counts this much with each line it takes in. */
const lineBytes = 26;

/** Builds and starts the functions, each bundle in a thread of its own with the variables of its env.ts. */
export async function deployHere(services: Services, folder: string): Promise<Deployed> {
  const requests = { ...none };
  const metrics = new Set<string>();
  const store = (name: string) => folderStore(join(folder, name), { durable: false });
  const s3 = await serveS3({
    published: services.published,
    live: services.published,
    sealed: services.sealed,
    signer: services.signed,
    "wrapped-keys": store("keys"),
    evidence: services.evidenceObjects,
    auditing: services.auditing,
    jobs: services.jobs,
    bank: store("bank"),
  });
  const sqs = await serveSqs(() => {});
  const events = await serveEventBridge(() => {
    requests.events++;
  });
  const count = (message: unknown): void =>
    counted(requests, (message as { request: IncomingMessage }).request, {
      [portOf(s3.url)]: "s3",
      [portOf(sqs.url)]: "sqs",
      [portOf(services.kmsEndpoint)]: "kms",
    });
  const arrivals = channel("http.server.request.start");
  arrivals.subscribe(count);
  const values: Readonly<Record<string, string>> = {
    ORIGIN_PREFIX: "local.countersign.example",
    DATA_KEY_ID: dataAlias,
    ED25519_KEY_IDS: signingAlias("ed25519", 1),
    MLDSA44_KEY_IDS: signingAlias("mldsa44", 1),
    NUDGE_QUEUE_URL: `${sqs.url}/000000000000/nudges.fifo`,
    WITNESS_POLICY: "quorum none\n",
    EVENT_BUS_NAME: "claims",
    ERASER_DATABASE_URL: services.server.url("eraser", services.database),
    ...bucketsOf(["published", "live", "sealed", "wrapped-keys", "evidence", "auditing"]),
    ...bucketsOf(["jobs", "bank"]),
    SCREENING_URL: "none",
    SCREENING_SECRET: "none",
    SIGNER_BUCKET: "signer",
  };
  const built = await bundleFunctions(join(folder, "bundles"));
  const started = await Promise.all(
    (Object.keys(functionNames) as CountedName[]).map(async (name) => {
      const env = {
        AWS_REGION: "us-east-1",
        AWS_ACCESS_KEY_ID: "local",
        AWS_SECRET_ACCESS_KEY: "local",
        AWS_ENDPOINT_URL_S3: s3.url,
        AWS_ENDPOINT_URL_SQS: sqs.url,
        AWS_ENDPOINT_URL_KMS: services.kmsEndpoint,
        AWS_ENDPOINT_URL_EVENTBRIDGE: events.url,
        ...Object.fromEntries(functionNames[name].map((each) => [each, values[each] ?? ""])),
        DATABASE_URL: services.server.url(roles[name], services.database),
      };
      const log = (line: string): void => {
        requests.logBytes += Buffer.byteLength(line) + lineBytes;
        for (const metric of metricsOf(line)) metrics.add(`${name} ${metric}`);
      };
      return [name, await startBundled(built[name].file, env, log)] as const;
    }),
  );
  return {
    functions: Object.fromEntries(started) as Deployed["functions"],
    requests,
    metrics,
    stop: async () => {
      arrivals.unsubscribe(count);
      for (const [, each] of started) await each.stop();
      for (const stub of [s3, sqs, events]) await stub.stop(0);
    },
  };
}

/** The metrics of a line in the embedded metric format. */
function metricsOf(line: string): readonly string[] {
  if (!line.includes('"CloudWatchMetrics"')) return [];
  const { _aws } = JSON.parse(line) as {
    _aws: { CloudWatchMetrics: { Metrics: { Name: string }[] }[] };
  };
  return _aws.CloudWatchMetrics.flatMap(({ Metrics }) => Metrics.map(({ Name }) => Name));
}

const portOf = (url: string): string => new URL(url).port;

const bucketsOf = (names: readonly string[]): Record<string, string> =>
  Object.fromEntries(names.map((name) => [`${name.toUpperCase().replace("-", "_")}_BUCKET`, name]));

type Served = Readonly<Record<string, "s3" | "sqs" | "kms">>;

function counted(
  requests: Requests,
  { socket, method, url, headers }: IncomingMessage,
  served: Served,
) {
  const target = String(headers["x-amz-target"] ?? "");
  switch (served[String(socket.localPort)]) {
    case "s3":
      // S3 charges a list as it does a put, and a delete nothing.
      if (method === "PUT" || url?.includes("list-type=2")) requests.s3Puts++;
      else if (method !== "DELETE") requests.s3Gets++;
      return;
    case "sqs":
      requests.messages++;
      return;
    case "kms":
      if (/\.(Sign|GetPublicKey)$/.test(target)) requests.kmsAsymmetric++;
      else requests.kmsSymmetric++;
      return;
    default:
  }
}
