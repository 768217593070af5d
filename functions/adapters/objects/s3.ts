import {
  DeleteObjectCommand,
  GetObjectCommand,
  PutObjectCommand,
  paginateListObjectsV2,
  type S3Client,
} from "@aws-sdk/client-s3";
import { assert } from "../../../shared/base/malformed.ts";
import type { ObjectStore, StoredObject } from "../../../shared/ports/objects.ts";
import { Unavailable } from "../../../shared/ports/unavailable.ts";
import { awsAttempts, awsErrorName, translated } from "../aws-error.ts";
import { isObjectKey, requireKeyPrefix, requireObjectKey } from "./key.ts";

/** What the role that calls this adapter must be allowed; delete only where the store may forget. */
export const needs = [
  { action: "s3:GetObject", resource: "objects under the prefix" },
  { action: "s3:PutObject", resource: "objects under the prefix" },
  { action: "s3:ListBucket", resource: "bucket" },
  { action: "s3:DeleteObject", resource: "objects under the prefix" },
] as const;

/**
 * Objects of `bucket` whose S3 key is `prefix` (empty, or ending in "/") and the port's key; a tag is the ETag. Conditional
 * writes as S3 has them since 2024: If-None-Match "*" and If-Match.
 */
export function s3Store(
  client: S3Client,
  bucket: string,
  prefix: string,
  options: { pageSize?: number } = {},
): ObjectStore {
  assert(prefix === "" || prefix.endsWith("/"), "an S3 prefix ends in a slash");
  if (prefix !== "") requireObjectKey(prefix.slice(0, -1));
  const at = (key: string) => {
    requireObjectKey(key);
    return { Bucket: bucket, Key: prefix + key };
  };
  return {
    get: async (key) => read(client, at(key)),
    async putIfAbsent(key, bytes) {
      const put = new PutObjectCommand({ ...at(key), Body: bytes, IfNoneMatch: "*" });
      return (await write(client, put)).held ? "stored" : "exists";
    },
    async replace(key, bytes, held) {
      const condition = held === undefined ? { IfNoneMatch: "*" } : { IfMatch: held };
      const outcome = await write(
        client,
        new PutObjectCommand({ ...at(key), Body: bytes, ...condition }),
      );
      if (outcome.held) return "stored";
      if (outcome.certain) return "changed";
      throw new Unavailable("s3", "the answer to a conditional write was lost");
    },
    async *list(wanted) {
      requireKeyPrefix(wanted);
      const pages = paginateListObjectsV2(
        { client, ...(options.pageSize && { pageSize: options.pageSize }) },
        { Bucket: bucket, Prefix: prefix + wanted },
      );
      for await (const page of translatedPages(pages)) {
        for (const { Key = "" } of page.Contents ?? []) {
          const key = Key.slice(prefix.length);
          if (isObjectKey(key)) yield key;
        }
      }
    },
    async delete(key) {
      await translated("s3", () => client.send(new DeleteObjectCommand(at(key))));
    },
  };
}

interface Place {
  readonly Bucket: string;
  readonly Key: string;
}

async function read(client: S3Client, place: Place): Promise<StoredObject | undefined> {
  return translated("s3", async () => {
    try {
      const { Body, ETag } = await client.send(new GetObjectCommand(place));
      assert(Body !== undefined && ETag !== undefined, "S3 gives a body and an ETag");
      return { bytes: await Body.transformToByteArray(), tag: ETag };
    } catch (error) {
      if (awsErrorName(error) === "NoSuchKey") return undefined;
      throw error;
    }
  });
}

/**
 * Whether the condition of a conditional write held. 404 answers If-Match on an object that is gone. Where the SDK
 * tried more than once, the first try may have been the writer that the last one met: then nothing is certain.
 */
async function write(client: S3Client, put: PutObjectCommand) {
  return translated("s3", async () => {
    try {
      await client.send(put);
      return { held: true, certain: true };
    } catch (error) {
      const name = awsErrorName(error) ?? "";
      if (name !== "PreconditionFailed" && name !== "NoSuchKey") throw error;
      return { held: false, certain: awsAttempts(error) === 1 };
    }
  });
}

/** The pages as S3 gives them, sorted by UTF-8 bytes; its outages translated. */
async function* translatedPages<T>(pages: AsyncIterable<T>): AsyncIterable<T> {
  const each = pages[Symbol.asyncIterator]();
  for (;;) {
    const next = await translated("s3", () => each.next());
    if (next.done) return;
    yield next.value;
  }
}
