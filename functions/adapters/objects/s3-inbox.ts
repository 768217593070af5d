import type { Inbox } from "../../../shared/ports/inbox.ts";
import { awsErrorName, translated } from "../aws-error.ts";
import { requireObjectKey } from "./key.ts";
import { s3Store } from "./s3.ts";
import { copyOf, type S3 } from "./s3-client.ts";

/**
 * The objects of `bucket` under `in/`, where a bank leaves its messages; what is set aside goes to `unreadable/`. Their bytes come as S3 sends them. Throws
 * Unavailable.
 */
export function s3Inbox(client: Pick<S3, "send" | "read">, bucket: string): Inbox {
  const store = s3Store(client, bucket, "in/");
  return {
    list: (prefix) => store.list(prefix),
    delete: (key) => store.delete(key),
    stream: (key) => {
      requireObjectKey(key);
      return unlessGone(async () => {
        const { body } = await client.read({ method: "GET", bucket, key: `in/${key}` });
        return whole(body);
      });
    },
    setAside: async (key) => {
      requireObjectKey(key);
      const headers = copyOf(bucket, `in/${key}`);
      const copied = await unlessGone(() =>
        client.send({ method: "PUT", bucket, key: `unreadable/${key}`, headers }),
      );
      // What was not copied is gone already, or must not go.
      if (copied) await store.delete(key);
    },
  };
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
