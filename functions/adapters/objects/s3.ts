import { assert } from "../../../shared/base/malformed.ts";
import type { ObjectStore, StoredObject } from "../../../shared/ports/objects.ts";
import { Unavailable } from "../../../shared/ports/unavailable.ts";
import { awsAttempts, awsErrorName, translated } from "../aws-error.ts";
import { isObjectKey, requireKeyPrefix, requireObjectKey } from "./key.ts";
import type { S3, S3Request } from "./s3-client.ts";

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
  client: Pick<S3, "send">,
  bucket: string,
  prefix: string,
  options: { pageSize?: number } = {},
): ObjectStore {
  assert(prefix === "" || prefix.endsWith("/"), "an S3 prefix ends in a slash");
  if (prefix !== "") requireObjectKey(prefix.slice(0, -1));
  const at = (method: S3Request["method"], key: string): S3Request => {
    requireObjectKey(key);
    return { method, bucket, key: prefix + key };
  };
  return {
    get: async (key) => read(client, at("GET", key)),
    async putIfAbsent(key, bytes) {
      const headers = { "if-none-match": "*" };
      const put = { ...at("PUT", key), headers, body: bytes };
      return (await write(client, put)).held ? "stored" : "exists";
    },
    async replace(key, bytes, held) {
      const headers: Record<string, string> =
        held === undefined ? { "if-none-match": "*" } : { "if-match": held };
      const outcome = await write(client, { ...at("PUT", key), headers, body: bytes });
      if (outcome.held) return "stored";
      if (outcome.certain) return "changed";
      throw new Unavailable("s3", "the answer to a conditional write was lost");
    },
    async *list(wanted) {
      requireKeyPrefix(wanted);
      for await (const name of namesUnder(client, bucket, prefix + wanted, options.pageSize)) {
        const key = name.slice(prefix.length);
        if (isObjectKey(key)) yield key;
      }
    },
    async delete(key) {
      await translated("s3", () => client.send(at("DELETE", key)));
    },
  };
}

/** Every key under `prefix`, whatever characters it has, by UTF-8 bytes; a page at a time. Throws Unavailable. */
export async function* namesUnder(
  client: Pick<S3, "send">,
  bucket: string,
  prefix: string,
  pageSize?: number,
): AsyncIterable<string> {
  for (let token: string | undefined = ""; token !== undefined; ) {
    const query = {
      "list-type": "2",
      "encoding-type": "url",
      prefix,
      ...(pageSize && { "max-keys": String(pageSize) }),
      ...(token && { "continuation-token": token }),
    };
    const page = await translated("s3", () =>
      client.send({ method: "GET", bucket, key: "", query }),
    );
    const { keys, next } = pageOf(page.body);
    token = next;
    yield* keys;
  }
}

async function read(
  client: Pick<S3, "send">,
  request: S3Request,
): Promise<StoredObject | undefined> {
  return translated("s3", async () => {
    try {
      const { headers, body } = await client.send(request);
      assert(headers.etag !== undefined, "S3 gives an ETag");
      return { bytes: body, tag: headers.etag };
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
async function write(client: Pick<S3, "send">, put: S3Request) {
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

/** The keys of a page of ListObjectsV2, sorted by UTF-8 bytes, and where the next one begins. */
function pageOf(xml: Uint8Array): { readonly keys: readonly string[]; readonly next?: string } {
  const text = Buffer.from(xml).toString("utf8");
  const coded = text.includes("<EncodingType>url</EncodingType>");
  const keys = [...text.matchAll(/<Key>([^<]*)<\/Key>/g)].map(([, key = ""]) =>
    coded ? decodeURIComponent(key.replaceAll("+", " ")) : unescapeXml(key),
  );
  const [, token] = /<NextContinuationToken>([^<]+)<\/NextContinuationToken>/.exec(text) ?? [];
  return token === undefined ? { keys } : { keys, next: unescapeXml(token) };
}

const entities: Readonly<Record<string, string>> = {
  ...{ "&lt;": "<", "&gt;": ">", "&quot;": '"', "&apos;": "'", "&amp;": "&" },
};
const unescapeXml = (text: string): string =>
  text.replace(/&(?:lt|gt|quot|apos|amp);/g, (entity) => entities[entity] ?? entity);
