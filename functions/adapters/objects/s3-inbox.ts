import { createHash } from "node:crypto";
import type { Inbox } from "../../../shared/ports/inbox.ts";
import { awsErrorName, translated } from "../aws-error.ts";
import { isMessageKey, requireKeyPrefix, requireMessageKey } from "./key.ts";
import { namesUnder } from "./s3.ts";
import { copyOf, type S3, type S3Request } from "./s3-client.ts";

/** What the role that calls this adapter must be allowed. */
export const needs = [
  { action: "s3:GetObject", resource: "objects under the prefix" },
  { action: "s3:PutObject", resource: "objects under the prefix" },
  { action: "s3:ListBucket", resource: "bucket" },
  { action: "s3:DeleteObject", resource: "objects under the prefix" },
] as const;

/**
 * The objects of `bucket` under `in/`, where a bank leaves its messages under any names; what is set aside goes to `unreadable/`. Their bytes come as S3 sends them. Throws
 * Unavailable.
 */
export function s3Inbox(client: Pick<S3, "send" | "read">, bucket: string): Inbox {
  const at = (method: S3Request["method"], key: string): S3Request => {
    requireMessageKey(key);
    return { method, bucket, key: `in/${key}` };
  };
  const remove = async (key: string): Promise<void> => {
    await translated("s3", () => client.send(at("DELETE", key)));
  };
  return {
    async *list(prefix) {
      requireKeyPrefix(prefix);
      for await (const name of namesUnder(client, bucket, `in/${prefix}`)) {
        const key = name.slice("in/".length);
        if (isMessageKey(key)) yield key;
      }
    },
    delete: remove,
    stream: (key) =>
      unlessGone(async () => {
        const { body } = await client.read(at("GET", key));
        return whole(body);
      }),
    setAside: async (key) => {
      const { key: from } = at("GET", key);
      const headers = copyOf(bucket, from);
      const copied = await unlessGone(() =>
        client.send({ method: "PUT", bucket, key: asideOf(key), headers }),
      );
      // What was not copied is gone already, or must not go.
      if (copied) await remove(key);
    },
  };
}

/** Where a message is set aside: under its own name, unless no key of S3 could be that long. */
function asideOf(key: string): string {
  const named = `unreadable/${key}`;
  if (isMessageKey(named)) return named;
  return `unreadable/${createHash("sha256").update(key).digest("hex")}`;
}

async function unlessGone<T>(call: () => Promise<T>): Promise<T | undefined> {
  return translated("s3", async () => {
    try {
      return await call();
    } catch (error) {
      if (awsErrorName(error) === "NoSuchKey") return undefined;
      throw error;
    }
  });
}

/** A body whose connection breaks is an outage: what came so far is no message. */
async function* whole(body: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  const pieces = body[Symbol.asyncIterator]();
  for (;;) {
    const next = await translated("s3", () => pieces.next());
    if (next.done) return;
    yield next.value;
  }
}
