import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { KMSClient } from "@aws-sdk/client-kms";
import { localClientConfig } from "../../functions/adapters/aws-local.ts";
import { requireMessageKey } from "../../functions/adapters/objects/key.ts";
import type { FunctionName } from "../../functions/needs.ts";
import { bundleFunctions } from "../../lib/bundle-functions.ts";
import { type PutEntry, serveEventBridge } from "../../local/eventbridge/serve.ts";
import { startKmsStub } from "../../local/kms/stub.ts";
import { memoryStore } from "../../local/objects/memory.ts";
import { dataAlias, ensureKey, signingAlias } from "../../local/platform/kms-keys.ts";
import type { Role } from "../../local/postgres/roles.ts";
import { serveS3 } from "../../local/s3/serve.ts";
import { type SentMessage, serveSqs } from "../../local/sqs/serve.ts";
import { freshDatabase } from "../cluster/database.ts";
import { serveBetween } from "./asked-of-aws.ts";
import { type Lambda, startLambda } from "./lambda.ts";

export const originPrefix = "log.example";
const screeningToken = "the screening's token";

/** The queue that each function's nudges go to, as lib/ gives it; none for those that nudge nobody. */
const nudges: Readonly<Partial<Record<FunctionName, string>>> = {
  claimant: "adjudicator.fifo",
  insurer: "adjudicator.fifo",
  auditor: "adjudicator.fifo",
  sequencer: "signer.fifo",
  signer: "publisher.fifo",
};

/** The database role that each function connects as, as lib/ gives it; the app's for the rest. */
const roles: Readonly<Partial<Record<FunctionName, Role>>> = {
  sequencer: "sequencer",
  signer: "publisher",
  publisher: "publisher",
  announcer: "auditor",
  exporter: "auditor",
  "self-audit": "auditor",
  shadow: "auditor",
};

/** The stubs of all that functions reach, and a process of each that is asked. */
export async function openAccount() {
  const folder = mkdtempSync(join(tmpdir(), "countersign-account-"));
  const ends: (() => unknown)[] = [() => rmSync(folder, { recursive: true })];
  const database = await freshDatabase();
  ends.push(() => database.drop());
  const kms = await startKmsStub({ folder: join(folder, "kms") });
  ends.push(() => kms.stop());
  await makeKeys(kms.endpoint);
  const names = ["published", "live", "sealed", "evidence", "wrapped-keys"] as const;
  const more = ["auditing", "jobs", "signer", "bank"] as const;
  const buckets = Object.fromEntries(
    [...names, ...more].map((name) => [name, memoryStore(requireMessageKey)]),
  ) as Record<(typeof names)[number] | (typeof more)[number], ReturnType<typeof memoryStore>>;
  const s3 = await serveS3(buckets);
  ends.push(() => s3.stop(0));
  const queues = new Map<string, SentMessage[]>();
  const sqs = await serveSqs((message) => {
    const name = message.url.slice(message.url.lastIndexOf("/") + 1);
    queues.set(name, [...(queues.get(name) ?? []), message]);
  });
  ends.push(() => sqs.stop(0));
  const events: PutEntry[] = [];
  const bus = await serveEventBridge((entry) => events.push(entry));
  ends.push(() => bus.stop(0));
  const provider = await serveProvider();
  ends.push(() => provider.close());
  const built = await bundleFunctions(join(folder, "bundles"));
  const providerUrl = `http://127.0.0.1:${(provider.address() as AddressInfo).port}`;
  const shared = {
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "local",
    AWS_SECRET_ACCESS_KEY: "local",
  };
  const services = {
    ...{ s3: s3.url, sqs: sqs.url, kms: kms.endpoint, events: bus.url },
    secretsmanager: providerUrl,
  };
  const askedOfAws = new Map<FunctionName, Set<string>>();
  /** Where a function finds what it reaches: a door of its own, which writes down what it asks. */
  const doorOf = async (name: FunctionName): Promise<Readonly<Record<string, string>>> => {
    const asked = new Set<string>();
    askedOfAws.set(name, asked);
    const door = await serveBetween(services, keyTarget, (one) => asked.add(one));
    ends.push(() => door.stop(0));
    const reached = ["S3", "SQS", "KMS", "EVENTBRIDGE", "SECRETS_MANAGER"];
    return {
      ...Object.fromEntries(reached.map((each) => [`AWS_ENDPOINT_URL_${each}`, door.url])),
      NUDGE_QUEUE_URL: `${door.url}/123456789012/${nudges[name] ?? "sequencer.fifo"}`,
    };
  };
  const values = (name: FunctionName): Readonly<Record<string, string>> => ({
    DATABASE_URL:
      name === "migrate"
        ? "dsql://admin@abcdefghij.dsql.us-east-1.on.aws"
        : database.url(roles[name] ?? "app"),
    ERASER_DATABASE_URL: database.url("eraser"),
    ORIGIN_PREFIX: originPrefix,
    DATA_KEY_ID: dataAlias,
    ED25519_KEY_IDS: signingAlias("ed25519", 1),
    MLDSA44_KEY_IDS: signingAlias("mldsa44", 1),
    WITNESS_POLICY: "quorum none\n",
    ORIGIN_VERIFY: "none",
    PUBLISHED_BUCKET: "published",
    LIVE_BUCKET: "live",
    SEALED_BUCKET: "sealed",
    WRAPPED_KEYS_BUCKET: "wrapped-keys",
    EVIDENCE_BUCKET: "evidence",
    AUDITING_BUCKET: "auditing",
    SIGNER_BUCKET: "signer",
    JOBS_BUCKET: "jobs",
    BANK_BUCKET: "bank",
    EVENT_BUS_NAME: "claim-events",
    SCREENING_URL: `${providerUrl}/screen`,
    SCREENING_SECRET: "screening-token",
  });
  const trusted = join(folder, "trusted.pem");
  const running = new Map<FunctionName, Promise<Lambda>>();
  const start = async (name: FunctionName, imports: readonly URL[] = []): Promise<Lambda> => {
    const env = (await import(`../../functions/${name}/env.ts`)) as { names: readonly string[] };
    const door = await doorOf(name);
    const own = env.names.map((each) => [each, door[each] ?? values(name)[each] ?? ""]);
    const fixed = {
      ...shared,
      ...door,
      ...(existsSync(trusted) && { NODE_EXTRA_CA_CERTS: trusted }),
    };
    return startLambda(built[name].file, { ...fixed, ...Object.fromEntries(own) }, imports);
  };
  ends.push(async () => {
    const started = await Promise.allSettled(running.values());
    for (const each of started) if (each.status === "fulfilled") await each.value.stop();
  });
  return {
    buckets,
    events,
    database,
    kmsEndpoint: kms.endpoint,
    s3Endpoint: s3.url,
    /** The function's process, started when it is first asked for; `imports` are there before the bundle. */
    lambda: (name: FunctionName, imports?: readonly URL[]): Promise<Lambda> => {
      const started = running.get(name) ?? start(name, imports);
      running.set(name, started);
      return started;
    },
    /** Functions that are started from now on believe this certificate. */
    trust: (pem: string): void => writeFileSync(trusted, pem),
    /** The functions that were asked for so far. */
    asked: (): readonly FunctionName[] => [...running.keys()].sort(),
    /** What a function asked of AWS so far, as {@link serveBetween} writes it. */
    askedOfAws: (name: FunctionName): ReadonlySet<string> => askedOfAws.get(name) ?? new Set(),
    /** Takes what waits in a queue. */
    take: (queue: string): readonly SentMessage[] => {
      const waiting = queues.get(queue) ?? [];
      queues.delete(queue);
      return waiting;
    },
    close: async () => {
      for (const end of ends.splice(0).reverse()) await end();
    },
  };
}
export type Account = Awaited<ReturnType<typeof openAccount>>;

/** A key as functions/needs.ts calls it, by what a function was told of it. */
function keyTarget(keyId: string): string {
  if (keyId === dataAlias) return "dataKey";
  return keyId === signingAlias("ed25519", 1) ? "ed25519Key" : "mldsa44Key";
}

async function makeKeys(endpoint: string): Promise<void> {
  const client = new KMSClient(localClientConfig(endpoint));
  await ensureKey(client, dataAlias, "SYMMETRIC_DEFAULT");
  await ensureKey(client, signingAlias("ed25519", 1), "ECC_NIST_EDWARDS25519");
  await ensureKey(client, signingAlias("mldsa44", 1), "ML_DSA_44");
  client.destroy();
}

/** A screening provider, which asks for its token, and Secrets Manager, which has it. */
async function serveProvider(): Promise<Server> {
  const server = createServer((request, response) => {
    const { authorization, "x-amz-target": target } = request.headers;
    const knows = authorization === `Bearer ${screeningToken}`;
    if (target === "secretsmanager.GetSecretValue") {
      response.setHeader("content-type", "application/x-amz-json-1.1");
      response.end(JSON.stringify({ SecretString: screeningToken }));
    } else if (request.url === "/screen" && knows) {
      response.end(JSON.stringify({ list: "a list of 2026-11-20", result: "clear" }));
    } else response.writeHead(401).end();
    request.resume();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}
