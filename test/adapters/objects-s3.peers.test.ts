import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
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
import { publishedStore } from "../../functions/adapters/objects/published.ts";
import { s3Store } from "../../functions/adapters/objects/s3.ts";
import { openS3, type S3 } from "../../functions/adapters/objects/s3-client.ts";
import { advance } from "../../functions/publisher/advance.ts";
import { receiptFor } from "../../functions/publisher/receipt.ts";
import { utf8 } from "../../shared/base/bytes.ts";
import type { ObjectStore } from "../../shared/ports/objects.ts";
import { objectStoreContract } from "../contract/objects.ts";
import { publishedLog } from "../publisher/published-log.ts";
import { sampleRecords } from "../sequencer/sample-log.ts";

const folder = mkdtempSync(join(tmpdir(), "moto-"));
const bin = join(folder, "venv", process.platform === "win32" ? "Scripts" : "bin");

function installed(): boolean {
  try {
    execFileSync("python3", ["-m", "venv", join(folder, "venv")], { stdio: "ignore" });
    const pip = ["-m", "pip", "install", "--quiet", "moto[server]==5.2.5"];
    execFileSync(join(bin, "python"), pip, { stdio: "ignore", timeout: 300_000 });
    return true;
  } catch {
    return false;
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  return typeof address === "object" && address !== null ? address.port : 0;
}

const here = installed();
let moto: ChildProcess | undefined;
let client: S3Client;
let ours: S3;
let buckets = 0;

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

beforeAll(async () => {
  if (!here) return;
  const port = await freePort();
  const server = ["-m", "moto.server", "-H", "127.0.0.1", "-p", String(port)];
  moto = spawn(join(bin, "python"), server, { stdio: "ignore" });
  const endpoint = `http://127.0.0.1:${port}`;
  client = new S3Client({ ...awsLimits, ...localClientConfig(endpoint), forcePathStyle: true });
  ours = openS3(awsLimits, localClientConfig(endpoint));
  const answers = () =>
    fetch(endpoint).then(
      () => true,
      () => false,
    );
  while (!(await answers())) await sleep(100);
});
afterAll(async () => {
  client?.destroy();
  ours?.close();
  if (moto?.exitCode === null) {
    moto.kill();
    await once(moto, "exit");
  }
  rmSync(folder, { recursive: true });
});

if (here) {
  objectStoreContract("s3 (moto)", async () => s3Store(ours, await bucket(), "log/"));
  objectStoreContract("s3 (moto), pages of 2, whole bucket", async () =>
    s3Store(ours, await bucket(), "", { pageSize: 2 }),
  );
}

describe("an S3 store against moto[server] from PyPI", () => {
  (here ? test : test.skip)("sees nothing outside its prefix, nor keys that are none", async () => {
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

const onMoto = here ? test : test.skip;

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
