import { describe, expect, test } from "@jest/globals";
import { s3Store } from "../../functions/adapters/objects/s3.ts";
import { utf8 } from "../../shared/base/bytes.ts";
import { Malformed } from "../../shared/base/malformed.ts";
import { Unavailable } from "../../shared/ports/unavailable.ts";

/** A store over a client whose `send` fails as S3's does with `name`, after `attempts`. */
function failing(name: string, attempts = 1, prefix = "log/") {
  const client = {
    send: async () => {
      throw Object.assign(new Error(name), { name, $metadata: { attempts } });
    },
  };
  return s3Store(client, "bucket", prefix);
}

describe("what S3 answers to a conditional write", () => {
  test("412 means exists or changed; 404 under If-Match means changed", async () => {
    expect(await failing("PreconditionFailed").putIfAbsent("a", utf8("x"))).toBe("exists");
    expect(await failing("PreconditionFailed").replace("a", utf8("x"), '"tag"')).toBe("changed");
    expect(await failing("PreconditionFailed").replace("a", utf8("x"), undefined)).toBe("changed");
    expect(await failing("NoSuchKey").replace("a", utf8("x"), '"tag"')).toBe("changed");
  });

  test("412 after a retry may be our own write: never 'changed'", async () => {
    const retried = failing("PreconditionFailed", 2);
    await expect(retried.replace("a", utf8("x"), '"tag"')).rejects.toThrow(Unavailable);
    await expect(retried.replace("a", utf8("x"), undefined)).rejects.toThrow(Unavailable);
    expect(await retried.putIfAbsent("a", utf8("x"))).toBe("exists");
  });

  test("409 and 503 are Unavailable, a missing bucket or right is neither that nor an answer", async () => {
    for (const name of ["ConditionalRequestConflict", "SlowDown", "InternalError"]) {
      await expect(failing(name).putIfAbsent("a", utf8("x"))).rejects.toThrow(Unavailable);
      await expect(failing(name).replace("a", utf8("x"), '"t"')).rejects.toThrow(Unavailable);
      await expect(failing(name).get("a")).rejects.toThrow(Unavailable);
    }
    for (const name of ["NoSuchBucket", "AccessDenied"]) {
      await expect(failing(name).putIfAbsent("a", utf8("x"))).rejects.toThrow(name);
      await expect(failing(name).get("a")).rejects.toThrow(name);
    }
  });

  test("a prefix must be a folder", () => {
    expect(() => failing("x", 1, "log")).toThrow("ends in a slash");
    expect(() => failing("x", 1, "../")).toThrow(Malformed);
  });
});
