import type { IncomingMessage } from "node:http";
import { isObjectKey } from "../../functions/adapters/objects/key.ts";
import type { ObjectStore } from "../../shared/ports/objects.ts";
import { Unavailable } from "../../shared/ports/unavailable.ts";
import { readBody } from "../gateway/body.ts";
import { splitTarget } from "../gateway/event.ts";
import { type Listening, listen } from "../gateway/listen.ts";
import { listAnswer, type S3Answer, s3Error, sendS3 } from "./answer.ts";
import { digestsOf } from "./digests.ts";

/** The buckets that are served, by name. */
export type Buckets = Readonly<Record<string, ObjectStore>>;

/** The most keys of one page of a list (S3's own limit). */
const maxKeys = 1_000;

/**
 * Serves the part of the S3 API that Countersign uses, path-style on 127.0.0.1, over object stores: GetObject, PutObject with If-None-Match, If-Match and
 * the SDK's checksums, DeleteObject, ListObjectsV2. Requests must carry an AWS4-HMAC-SHA256 Authorization header, which is not checked further. A store
 * that is out answers SlowDown. Throws CannotListen if the port is taken.
 */
export function serveS3(buckets: Buckets, port = 0): Promise<Listening> {
  return listen("The S3 stub", port, (request, response) => {
    answer(buckets, request)
      .catch((error) => s3Error(error instanceof Unavailable ? "SlowDown" : "InternalError"))
      .then((ready) => sendS3(response, ready));
  });
}

async function answer(buckets: Buckets, request: IncomingMessage): Promise<S3Answer> {
  if (!request.headers.authorization?.startsWith("AWS4-HMAC-SHA256 ")) {
    return s3Error("AccessDenied");
  }
  const { rawPath, rawQueryString } = splitTarget(request.url ?? "/");
  const [, bucket = "", key = ""] = /^\/([^/]+)\/?(.*)$/s.exec(decodeURIComponent(rawPath)) ?? [];
  const store = Object.hasOwn(buckets, bucket) ? buckets[bucket] : undefined;
  if (!store) return s3Error("NoSuchBucket");
  const query = new URLSearchParams(rawQueryString);
  if (key === "") {
    return request.method === "GET" && query.get("list-type") === "2"
      ? list(store, query)
      : s3Error("MethodNotAllowed");
  }
  if (!isObjectKey(key)) return s3Error("InvalidArgument");
  switch (request.method) {
    case "GET":
      return get(store, key);
    case "PUT":
      return put(store, key, request);
    case "DELETE":
      await store.delete(key);
      return { status: 204 };
    default:
      return s3Error("MethodNotAllowed");
  }
}

async function get(store: ObjectStore, key: string): Promise<S3Answer> {
  const object = await store.get(key);
  if (!object) return s3Error("NoSuchKey");
  const headers = { etag: `"${object.tag}"`, "content-type": "binary/octet-stream" };
  return { status: 200, headers, body: object.bytes };
}

/** One conditional write; without a condition the newest object wins, whatever is there. */
async function put(store: ObjectStore, key: string, request: IncomingMessage): Promise<S3Answer> {
  const body = await readBody(request);
  if (body === "too large") return s3Error("EntityTooLarge");
  if (!digestsOf(request.headers, body)) return s3Error("BadDigest");
  const { "if-match": held, "if-none-match": absent } = request.headers;
  const tag = held?.replace(/^"(.*)"$/, "$1");
  if (tag !== undefined && !(await store.get(key))) return s3Error("NoSuchKey");
  if (tag !== undefined || absent === "*") {
    const outcome = await store.replace(key, body, tag);
    return outcome === "stored" ? stored(store, key) : s3Error("PreconditionFailed");
  }
  for (;;) {
    const outcome = await store.replace(key, body, (await store.get(key))?.tag);
    if (outcome === "stored") return stored(store, key);
  }
}

async function stored(store: ObjectStore, key: string): Promise<S3Answer> {
  const object = await store.get(key);
  return { status: 200, headers: { etag: `"${object?.tag ?? ""}"` } };
}

async function list(store: ObjectStore, query: URLSearchParams): Promise<S3Answer> {
  const after = query.get("continuation-token") ?? "";
  const most = Math.min(Number(query.get("max-keys") ?? maxKeys), maxKeys);
  const keys: string[] = [];
  for await (const key of store.list(query.get("prefix") ?? "")) {
    if (key <= after) continue;
    if (keys.length === most) return listAnswer(keys, true);
    keys.push(key);
  }
  return listAnswer(keys, false);
}
