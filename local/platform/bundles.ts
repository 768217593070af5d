import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { names as auditor } from "../../functions/auditor/env.ts";
import { names as claimant } from "../../functions/claimant/env.ts";
import { names as insurer } from "../../functions/insurer/env.ts";
import { names as publicNames } from "../../functions/public/env.ts";
import { names as unrouted } from "../../functions/unrouted/env.ts";
import { isLive } from "../../shared/api/log-path.ts";
import { noEdge } from "../../shared/api/origin-verify.ts";
import { assert } from "../../shared/base/malformed.ts";
import type { ObjectStore } from "../../shared/ports/objects.ts";
import type { Handlers } from "../gateway/start.ts";
import { startBundled } from "../lambda/bundled.ts";
import { folderStore } from "../objects/folder.ts";
import { serveS3 } from "../s3/serve.ts";
import { serveSqs } from "../sqs/serve.ts";
import { dataAlias } from "./kms-keys.ts";
import type { Services } from "./services.ts";

/** The functions of the HTTP API, and the variables each reads. */
export const bundledNames = { claimant, insurer, auditor, public: publicNames, unrouted } as const;
export type BundledName = keyof typeof bundledNames;

/** Built bundles, by function. */
export type Bundles = Readonly<Record<BundledName, { readonly file: string }>>;

export interface BundledApi {
  readonly handlers: Handlers;
  stop(): Promise<void>;
}

/**
 * The HTTP functions as they are deployed: their bundles, each in a thread of its own, on the SDK clients they have in AWS, which here reach stubs of S3, SQS and
 * KMS on loopback. `wake` is called for each log they nudge. On failure everything that was started is stopped.
 */
export async function startBundles(
  bundles: Bundles,
  services: Services,
  { folder, originPrefix }: { readonly folder: string; readonly originPrefix: string },
  wake: () => void,
  log: (line: string) => void,
): Promise<BundledApi> {
  const stops: (() => Promise<void>)[] = [];
  const stop = async (): Promise<void> => {
    for (const each of stops.splice(0).reverse()) await each();
  };
  try {
    // Nobody who has not read this process's memory has this one.
    const accessKeyId = randomBytes(16).toString("hex");
    const buckets = {
      published: only(services.published, (key) => !isLive(key)),
      live: only(services.published, isLive),
      "wrapped-keys": folderStore(join(folder, "keys")),
      evidence: services.evidenceObjects,
      auditing: services.auditing,
      jobs: services.jobs,
    };
    const s3 = await serveS3(buckets, accessKeyId);
    stops.push(() => s3.stop(0));
    const sqs = await serveSqs(wake, accessKeyId);
    stops.push(() => sqs.stop(0));
    const values: Readonly<Record<string, string>> = {
      DATABASE_URL: services.server.url("app", services.database),
      ORIGIN_PREFIX: originPrefix,
      DATA_KEY_ID: dataAlias,
      WRAPPED_KEYS_BUCKET: "wrapped-keys",
      PUBLISHED_BUCKET: "published",
      LIVE_BUCKET: "live",
      EVIDENCE_BUCKET: "evidence",
      AUDITING_BUCKET: "auditing",
      JOBS_BUCKET: "jobs",
      ORIGIN_VERIFY: noEdge,
      NUDGE_QUEUE_URL: `${sqs.url}/000000000000/nudges.fifo`,
    };
    const endpoints = { S3: s3.url, SQS: sqs.url, KMS: services.kmsEndpoint };
    const start = async (name: BundledName) => {
      const own = bundledNames[name].map((each) => [each, values[each] ?? ""]);
      const env = { ...sdkEnvironment(accessKeyId, endpoints), ...Object.fromEntries(own) };
      const started = await startBundled(bundles[name].file, env, log);
      stops.push(() => started.stop());
      return started.handler;
    };
    const handlers = {
      claimant: await start("claimant"),
      insurer: await start("insurer"),
      auditor: await start("auditor"),
      public: await start("public"),
      unrouted: await start("unrouted"),
    };
    return { handlers, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** What the SDK reads from the environment: stubs for endpoints, credentials that are none. */
const sdkEnvironment = (
  accessKeyId: string,
  endpoints: Readonly<Record<string, string>>,
): Record<string, string> => ({
  AWS_REGION: "us-east-1",
  AWS_ACCESS_KEY_ID: accessKeyId,
  AWS_SECRET_ACCESS_KEY: "local",
  ...Object.fromEntries(
    Object.entries(endpoints).map(([service, url]) => [`AWS_ENDPOINT_URL_${service}`, url]),
  ),
});

/** The part of a store whose keys it `holds`, as a bucket of its own: any other key is not there, and writing one is a bug that fails in AWS. */
function only(store: ObjectStore, holds: (key: string) => boolean): ObjectStore {
  const own = (key: string): ObjectStore => {
    assert(holds(key), "a key is written to the bucket that holds it");
    return store;
  };
  return {
    get: async (key) => (holds(key) ? store.get(key) : undefined),
    putIfAbsent: async (key, bytes) => own(key).putIfAbsent(key, bytes),
    replace: async (key, bytes, held) => own(key).replace(key, bytes, held),
    delete: async (key) => own(key).delete(key),
    async *list(prefix) {
      for await (const key of store.list(prefix)) if (holds(key)) yield key;
    },
  };
}
