import { createHash } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { isMessageKey } from "../../functions/adapters/objects/key.ts";
import { Malformed } from "../../shared/base/malformed.ts";
import type { ObjectStore } from "../../shared/ports/objects.ts";
import { Unavailable } from "../../shared/ports/unavailable.ts";
import { isSignedBy } from "../gateway/aws-caller.ts";
import { readBody } from "../gateway/body.ts";
import { splitTarget } from "../gateway/event.ts";
import { type Listening, listen } from "../gateway/listen.ts";
import { namesLoopback } from "../gateway/loopback.ts";
import {
  copyAnswer,
  listAnswer,
  type S3Answer,
  type S3ErrorCode,
  s3Error,
  sendS3,
} from "./answer.ts";
import { digestsOf } from "./digests.ts";
import { refusePresigned } from "./presigned.ts";

/** The buckets that are served, by name. */
export type Buckets = Readonly<Record<string, ObjectStore>>;

/** The most that is taken at once: far below S3's 5 GB, for all of it is held in memory. */
const maxObjectBytes = 32 * 1024 * 1024;

/** The most keys of one page of a list (S3's own limit). */
const maxKeys = 1_000;

/**
 * Serves the part of the S3 API that Countersign uses, path-style on 127.0.0.1, over object stores: GetObject, a range of it as well, PutObject with If-None-Match, If-Match and
 * the SDK's checksums, HeadObject with the SHA-256, CopyObject within a bucket, DeleteObject, ListObjectsV2. Every request must name this machine in
 * Host. One that was signed beforehand is checked ({@link refusePresigned}); others must name `accessKeyId` in an AWS4-HMAC-SHA256 Authorization header, which is not
 * checked further. A store that is out answers SlowDown. Throws CannotListen.
 */
export function serveS3(buckets: Buckets, accessKeyId = "local"): Promise<Listening> {
  return listen("The S3 stub", 0, (request, response) => {
    answer(buckets, accessKeyId, request)
      .catch((error) => s3Error(codeOf(error)))
      .then((ready) => sendS3(response, ready));
  });
}

/** A store of ours takes fewer keys than S3 does. */
function codeOf(error: unknown): S3ErrorCode {
  if (error instanceof Malformed) return "InvalidArgument";
  return error instanceof Unavailable ? "SlowDown" : "InternalError";
}

async function answer(
  buckets: Buckets,
  accessKeyId: string,
  request: IncomingMessage,
): Promise<S3Answer> {
  const { rawPath, rawQueryString } = splitTarget(request.url ?? "/");
  const refused = refuseCaller(request, rawQueryString, accessKeyId);
  if (refused) return s3Error(refused);
  const [, bucket = "", key = ""] = /^\/([^/]+)\/?(.*)$/s.exec(decodeURIComponent(rawPath)) ?? [];
  const store = Object.hasOwn(buckets, bucket) ? buckets[bucket] : undefined;
  if (!store) return s3Error("NoSuchBucket");
  const query = new URLSearchParams(rawQueryString);
  if (key === "") {
    return request.method === "GET" && query.get("list-type") === "2"
      ? list(store, query)
      : s3Error("MethodNotAllowed");
  }
  if (!isMessageKey(key)) return s3Error("InvalidArgument");
  switch (request.method) {
    case "GET":
      return get(store, key, query, request.headers.range);
    case "HEAD":
      return head(store, key);
    case "PUT":
      return request.headers["x-amz-copy-source"] === undefined
        ? put(store, key, request)
        : copy(store, bucket, key, request.headers["x-amz-copy-source"]);
    case "DELETE":
      await store.delete(key);
      return { status: 204 };
    default:
      return s3Error("MethodNotAllowed");
  }
}

function refuseCaller(
  request: IncomingMessage,
  query: string,
  accessKeyId: string,
): S3ErrorCode | undefined {
  if (!namesLoopback(request.headers.host)) return "AccessDenied";
  if (query.includes("X-Amz-Algorithm=AWS4-HMAC-SHA256")) {
    return refusePresigned(request, Date.now());
  }
  return isSignedBy(accessKeyId, request.headers) ? undefined : "AccessDenied";
}

/** Headers of the answer that the query of a GetObject sets. */
const overrides = ["cache-control", "content-disposition", "content-type"] as const;

async function get(
  store: ObjectStore,
  key: string,
  query: URLSearchParams,
  range: string | undefined,
): Promise<S3Answer> {
  const object = await store.get(key);
  if (!object) return s3Error("NoSuchKey");
  const headers: Record<string, string> = {
    etag: `"${object.tag}"`,
    "content-type": "binary/octet-stream",
  };
  for (const name of overrides) {
    const value = query.get(`response-${name}`);
    if (value !== null) headers[name] = value;
  }
  const [, first, last] = /^bytes=(\d{1,12})-(\d{1,12})$/.exec(range ?? "") ?? [];
  if (first === undefined || last === undefined) {
    return { status: 200, headers, body: object.bytes };
  }
  const body = object.bytes.subarray(Number(first), Number(last) + 1);
  const { length } = object.bytes;
  if (body.length === 0) return s3Error("InvalidRange");
  headers["content-range"] = `bytes ${first}-${Number(first) + body.length - 1}/${length}`;
  return { status: 206, headers, body };
}

/** An object without its bytes: their number and SHA-256, reckoned from what lies there. */
async function head(store: ObjectStore, key: string): Promise<S3Answer> {
  const object = await store.get(key);
  if (!object) return s3Error("NoSuchKey");
  const headers = {
    etag: `"${object.tag}"`,
    "x-amz-checksum-sha256": createHash("sha256").update(object.bytes).digest("base64"),
  };
  return { status: 200, headers, body: object.bytes };
}

/** Copies an object of the same bucket; whatever was at `key` is replaced. */
async function copy(
  store: ObjectStore,
  bucket: string,
  key: string,
  source: string | string[],
): Promise<S3Answer> {
  // S3 decodes this header as a form is: a bare plus sign is a space.
  const decoded = decodeURIComponent(String(source).replaceAll("+", " "));
  const [, from, name = ""] = /^\/?([^/]+)\/(.+)$/.exec(decoded) ?? [];
  const object = from === bucket && isMessageKey(name) ? await store.get(name) : undefined;
  if (!object) return s3Error("NoSuchKey");
  await overwrite(store, key, object.bytes);
  return copyAnswer(object.tag);
}

/** One conditional write; without a condition the newest object wins, whatever is there. */
async function put(store: ObjectStore, key: string, request: IncomingMessage): Promise<S3Answer> {
  const body = await readBody(request, maxObjectBytes);
  if (body === "too large") return s3Error("EntityTooLarge");
  if (!digestsOf(request.headers, body)) return s3Error("BadDigest");
  const { "if-match": held, "if-none-match": absent } = request.headers;
  const tag = held?.replace(/^"(.*)"$/, "$1");
  if (tag !== undefined && !(await store.get(key))) return s3Error("NoSuchKey");
  if (tag !== undefined || absent === "*") {
    const outcome = await store.replace(key, body, tag);
    return outcome === "stored" ? stored(store, key) : s3Error("PreconditionFailed");
  }
  await overwrite(store, key, body);
  return stored(store, key);
}

async function overwrite(store: ObjectStore, key: string, bytes: Uint8Array): Promise<void> {
  while ((await store.replace(key, bytes, (await store.get(key))?.tag)) !== "stored");
}

async function stored(store: ObjectStore, key: string): Promise<S3Answer> {
  const object = await store.get(key);
  return { status: 200, headers: { etag: `"${object?.tag ?? ""}"` } };
}

async function list(store: ObjectStore, query: URLSearchParams): Promise<S3Answer> {
  const coded = query.get("encoding-type") === "url";
  const after = Buffer.from(query.get("continuation-token") ?? "", "base64").toString();
  const most = Math.min(Number(query.get("max-keys") ?? maxKeys), maxKeys);
  const keys: string[] = [];
  for await (const key of store.list(query.get("prefix") ?? "")) {
    if (key <= after) continue;
    if (keys.length === most) return listAnswer(keys, true, coded);
    keys.push(key);
  }
  return listAnswer(keys, false, coded);
}
