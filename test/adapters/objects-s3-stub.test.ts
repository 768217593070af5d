import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { awsLimits } from "../../functions/adapters/aws-limits.ts";
import { localClientConfig } from "../../functions/adapters/aws-local.ts";
import { s3Store } from "../../functions/adapters/objects/s3.ts";
import { openS3, type S3 } from "../../functions/adapters/objects/s3-client.ts";
import type { Listening } from "../../local/gateway/listen.ts";
import { memoryStore } from "../../local/objects/memory.ts";
import { serveS3 } from "../../local/s3/serve.ts";
import { utf8 } from "../../shared/base/bytes.ts";
import type { ObjectStore } from "../../shared/ports/objects.ts";
import { Unavailable } from "../../shared/ports/unavailable.ts";
import { objectStoreContract } from "../contract/objects.ts";

const buckets: Record<string, ObjectStore> = {};
let stub: Listening;
let client: S3;

beforeAll(async () => {
  stub = await serveS3(buckets);
  client = openS3(awsLimits, localClientConfig(stub.url));
});
afterAll(async () => {
  client.close();
  await stub.stop(0);
});

let number = 0;
const bucket = (store = memoryStore()): string => {
  const name = `bucket-${number++}`;
  buckets[name] = store;
  return name;
};

objectStoreContract("S3 adapter on the stub", async () => s3Store(client, bucket(), "log/"));

test("lists page by page", async () => {
  const store = s3Store(client, bucket(), "", { pageSize: 2 });
  const keys = ["a/1", "a/2", "a/3", "a/4", "b"];
  for (const key of keys) await store.putIfAbsent(key, utf8(key));
  const listed: string[] = [];
  for await (const key of store.list("a/")) listed.push(key);
  expect(listed).toEqual(keys.slice(0, 4));
});

test("a body that isn't what its checksum says is refused, and nothing is kept", async () => {
  const name = bucket();
  const headers = { "content-md5": Buffer.alloc(16).toString("base64") };
  const put = { method: "PUT", bucket: name, key: "a", headers, body: utf8("one") } as const;
  await expect(client.send(put)).rejects.toMatchObject({ name: "BadDigest" });
  expect(await s3Store(client, name, "").get("a")).toBeUndefined();
});

test("a bucket that isn't there and a caller without a signature are refused; a store that is out is Unavailable", async () => {
  await expect(s3Store(client, "nowhere", "").get("a")).rejects.toMatchObject({
    name: "NoSuchBucket",
  });
  expect((await fetch(`${stub.url}/${bucket()}/a`)).status).toBe(403);
  const signed = (key: string) =>
    `AWS4-HMAC-SHA256 Credential=${key}/20261126/us-east-1/s3/aws4_request`;
  const asked = async (host: string, key: string): Promise<number> => {
    const headers = { host, authorization: signed(key) };
    const sent = request(`${stub.url}/${bucket()}/a`, { headers }).end();
    const [response] = (await once(sent, "response")) as [IncomingMessage];
    response.resume();
    return response.statusCode ?? 0;
  };
  // A page elsewhere whose name was made to resolve to this machine, and a program here that was given no key.
  expect(await asked("evil.example", "local")).toBe(403);
  expect(await asked("127.0.0.1", "other")).toBe(403);
  expect(await asked("127.0.0.1", "local")).toBe(404);
  const out: ObjectStore = {
    ...memoryStore(),
    get: async () => {
      throw new Unavailable("disk", "is full");
    },
  };
  const impatient = openS3({ ...awsLimits, maxAttempts: 1 }, localClientConfig(stub.url));
  await expect(s3Store(impatient, bucket(out), "").get("a")).rejects.toThrow(Unavailable);
  impatient.close();
});
