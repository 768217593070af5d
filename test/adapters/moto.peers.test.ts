import {
  CreateEventBusCommand,
  EventBridgeClient,
  PutRuleCommand,
  PutTargetsCommand,
} from "@aws-sdk/client-eventbridge";
import { CreateKeyCommand, KMSClient } from "@aws-sdk/client-kms";
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  GetObjectRetentionCommand,
  HeadObjectCommand,
  PutBucketPolicyCommand,
  PutObjectCommand,
  PutObjectLockConfigurationCommand,
  PutObjectRetentionCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { awsLimits } from "../../functions/adapters/aws-limits.ts";
import { localClientConfig } from "../../functions/adapters/aws-local.ts";
import { eventBridgeBus } from "../../functions/adapters/eventbridge/bus.ts";
import { kmsDataKeys } from "../../functions/adapters/kms/data-keys.ts";
import { publishedStore } from "../../functions/adapters/objects/published.ts";
import { s3Store } from "../../functions/adapters/objects/s3.ts";
import { openS3, type S3 } from "../../functions/adapters/objects/s3-client.ts";
import { openSqs, type Sqs } from "../../functions/adapters/sqs-client.ts";
import { advance } from "../../functions/publisher/advance.ts";
import { receiptFor } from "../../functions/publisher/receipt.ts";
import { utf8 } from "../../shared/base/bytes.ts";
import type { ObjectStore } from "../../shared/ports/objects.ts";
import { type Bus, claimEventsContract, type Delivered } from "../contract/claim-events.ts";
import { dataKeysContract } from "../contract/data-keys.ts";
import { nudgeContract } from "../contract/nudge.ts";
import { objectStoreContract } from "../contract/objects.ts";
import { publishedLog } from "../publisher/published-log.ts";
import { sampleRecords } from "../sequencer/sample-log.ts";
import { installMoto, type Moto } from "./moto.ts";
import { motoQueue } from "./moto-queue.ts";

const startMoto = installMoto();
const onMoto = startMoto ? test : test.skip;
let moto: Moto;
let client: S3Client;
let ours: S3;
let sqs: Sqs;
let kms: KMSClient;
let events: EventBridgeClient;
let buckets = 0;
let buses = 0;

async function bucket(): Promise<string> {
  const name = `bucket-${++buckets}`;
  await client.send(new CreateBucketCommand({ Bucket: name }));
  return name;
}

/** A bucket as lib/stores.ts makes the published one: versioned, each version locked for a day. */
async function lockedBucket(): Promise<string> {
  const Bucket = `bucket-${++buckets}`;
  await client.send(new CreateBucketCommand({ Bucket, ObjectLockEnabledForBucket: true }));
  const DefaultRetention = { Mode: "GOVERNANCE", Days: 1 } as const;
  const lock = { ObjectLockEnabled: "Enabled", Rule: { DefaultRetention } } as const;
  await client.send(
    new PutObjectLockConfigurationCommand({ Bucket, ObjectLockConfiguration: lock }),
  );
  return Bucket;
}
const put = (Bucket: string, Key: string, Body: string, more: object = {}) =>
  client.send(new PutObjectCommand({ Bucket, Key, Body, ...more }));
const refused = { name: "AccessDenied" };

const opened: { destroy(): void }[] = [];
/** A client that is closed in the end. */
function closed<Client extends { destroy(): void }>(one: Client): Client {
  opened.push(one);
  return one;
}

beforeAll(async () => {
  if (!startMoto) return;
  moto = await startMoto();
  const here = localClientConfig(moto.endpoint);
  client = closed(new S3Client({ ...awsLimits, ...here, forcePathStyle: true }));
  ours = openS3(awsLimits, here);
  sqs = openSqs(awsLimits, here);
  kms = closed(new KMSClient({ ...awsLimits, ...here }));
  events = closed(new EventBridgeClient({ ...awsLimits, ...here }));
});
afterAll(async () => {
  for (const each of opened) each.destroy();
  ours?.close();
  sqs?.close();
  await moto?.stop();
});

/** A bus of moto's whose every event of ours goes to a queue. */
async function busWithQueue(): Promise<Bus> {
  const Name = `claims-${++buses}`;
  const queue = await motoQueue(moto.endpoint, "standard");
  await events.send(new CreateEventBusCommand({ Name }));
  const EventPattern = JSON.stringify({ source: ["countersign"] });
  const rule = { EventBusName: Name, Rule: "all" };
  await events.send(new PutRuleCommand({ EventBusName: Name, Name: "all", EventPattern }));
  const Arn = `arn:aws:sqs:us-east-1:123456789012:${queue.name}`;
  await events.send(new PutTargetsCommand({ ...rule, Targets: [{ Id: "queue", Arn }] }));
  const delivered = async () =>
    (await queue.receive()).map(({ body }) => {
      const envelope = JSON.parse(body) as Readonly<Record<string, string>>;
      return {
        source: envelope.source ?? "",
        type: envelope["detail-type"] ?? "",
        atMs: Date.parse(envelope.time ?? ""),
        event: envelope.detail as unknown as Delivered["event"],
      };
    });
  const patience = { random: () => 0.5, sleep: async () => undefined };
  return { events: eventBridgeBus(events, Name, patience), delivered };
}

if (startMoto) {
  objectStoreContract("s3 (moto)", async () => s3Store(ours, await bucket(), "log/"));
  objectStoreContract("s3 (moto), pages of 2, whole bucket", async () =>
    s3Store(ours, await bucket(), "", { pageSize: 2 }),
  );
  nudgeContract("sqs (moto)", async () => ({ sqs, ...(await motoQueue(moto.endpoint, "fifo")) }));
  dataKeysContract(
    "kms (moto)",
    async () => {
      const { KeyMetadata } = await kms.send(new CreateKeyCommand({}));
      return kmsDataKeys(kms, KeyMetadata?.KeyId ?? "");
    },
    { bytes: 36, name: "AccessDeniedException" },
  );
  claimEventsContract("eventbridge (moto)", busWithQueue);
}

describe("an S3 store against moto[server] from PyPI", () => {
  onMoto("sees nothing outside its prefix, nor keys that are none", async () => {
    const name = await bucket();
    const whole = s3Store(ours, name, "");
    const log = s3Store(ours, name, "log/");
    await whole.putIfAbsent("logs/a", utf8("x"));
    await whole.putIfAbsent("log/b", utf8("x"));
    const keys: string[] = [];
    for await (const key of log.list("")) keys.push(key);
    expect(keys).toEqual(["b"]);
    expect(await log.get("a")).toBeUndefined();
  });
});

describe("a locked bucket of moto[server]", () => {
  onMoto("keeps every version: a put over it makes another, and none can be deleted", async () => {
    const Bucket = await lockedBucket();
    const store = s3Store(ours, Bucket, "");
    expect(await store.putIfAbsent("tile/0/000", utf8("first"))).toBe("stored");
    const place = { Bucket, Key: "tile/0/000" };
    const head = await client.send(new HeadObjectCommand(place));
    expect(head.ObjectLockMode).toBe("GOVERNANCE");
    const lockedMs = Number(head.ObjectLockRetainUntilDate) - Date.now();
    expect(Math.abs(lockedMs - 86_400_000)).toBeLessThan(300_000);
    const version = { ...place, VersionId: head.VersionId };
    expect(await store.putIfAbsent("tile/0/000", utf8("second"))).toBe("exists");
    await put(Bucket, "tile/0/000", "over it");
    await expect(client.send(new DeleteObjectCommand(version))).rejects.toMatchObject(refused);
    await store.delete("tile/0/000");
    expect(await store.get("tile/0/000")).toBeUndefined();
    const { Body } = await client.send(new GetObjectCommand(version));
    expect(await Body?.transformToString()).toBe("first");
  });

  onMoto("in compliance mode no bypass deletes a version either", async () => {
    const Bucket = await lockedBucket();
    const until = { ObjectLockRetainUntilDate: new Date(Date.now() + 86_400_000) };
    const { VersionId } = await put(Bucket, "k", "x", { ObjectLockMode: "COMPLIANCE", ...until });
    const bypass = { Bucket, Key: "k", VersionId, BypassGovernanceRetention: true };
    await expect(client.send(new DeleteObjectCommand(bypass))).rejects.toMatchObject(refused);
  });

  onMoto("whose policy denies it takes no delete, which would open a key again", async () => {
    const Bucket = await lockedBucket();
    const store = s3Store(ours, Bucket, "");
    await store.putIfAbsent("k", utf8("first"));
    await store.delete("k");
    expect(await store.putIfAbsent("k", utf8("after a marker"))).toBe("stored");
    const deny = { Effect: "Deny", Principal: "*", Resource: `arn:aws:s3:::${Bucket}/*` };
    const Statement = [{ ...deny, Action: "s3:DeleteObject" }];
    const Policy = JSON.stringify({ Version: "2012-10-17", Statement });
    await client.send(new PutBucketPolicyCommand({ Bucket, Policy }));
    await expect(store.delete("k")).rejects.toThrow();
    expect(await store.putIfAbsent("k", utf8("again"))).toBe("exists");
  });

  onMoto("gaps of this stand-in: what it does otherwise than S3", async () => {
    const Bucket = await lockedBucket();
    const { VersionId } = await put(Bucket, "k", "x");
    const version = { Bucket, Key: "k", VersionId };
    // S3 answers XML that its own SDK reads.
    await expect(client.send(new GetObjectRetentionCommand(version))).rejects.toThrow();
    // S3 shortens a governance lock only for who may bypass it and says so.
    const Retention = {
      Mode: "GOVERNANCE",
      RetainUntilDate: new Date(Date.now() + 1_000),
    } as const;
    await client.send(new PutObjectRetentionCommand({ ...version, Retention }));
  });
});

describe("a whole log on moto[server]", () => {
  onMoto(
    "is published in a locked and a live bucket as in memory, and read back by the same code",
    async () => {
      const log = await publishedLog("acme");
      try {
        const live = s3Store(ours, await bucket(), "");
        const published = publishedStore(s3Store(ours, await lockedBucket(), ""), live);
        const sealed = s3Store(ours, await bucket(), "");
        const onS3 = log.over({ published, live, sealed });
        let size = 0;
        for (const count of [3, 250, 300]) {
          await log.submit(sampleRecords(count, size));
          size += count;
          expect(await advance(onS3, "acme")).toMatchObject({ size: BigInt(size) });
        }
        await advance(log.ports, "acme");
        const keysOf = async (store: ObjectStore) => {
          const keys: string[] = [];
          for await (const key of store.list("acme/")) keys.push(key);
          return keys;
        };
        const [there, kept] = [await keysOf(published), await keysOf(log.published)];
        const once = kept.filter((key) => !key.includes("/edges/"));
        expect(there).toEqual(expect.arrayContaining(once));
        for (const key of once) {
          const bytes = (await log.published.get(key))?.bytes;
          expect([key, Buffer.from((await published.get(key))?.bytes ?? [])]).toEqual([
            key,
            Buffer.from(bytes ?? []),
          ]);
        }
        const [record] = sampleRecords(1, 299);
        const receipt = await receiptFor(published, "acme", 299n, record?.record ?? utf8(""));
        expect(receipt).toMatchObject({ index: 299n });
        expect((await keysOf(live)).every((key) => /\/checkpoint$|\.p\//.test(key))).toBe(true);
      } finally {
        await log.close();
      }
    },
  );
});
