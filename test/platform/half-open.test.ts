import { describe, expect, test } from "@jest/globals";
import { memoryStore } from "../../local/objects/memory.ts";
import { HalfOpen, isOpen, logKey } from "../../local/platform/open-log.ts";
import type { Services } from "../../local/platform/services.ts";
import { utf8 } from "../../shared/base/bytes.ts";
import { formatVerifierKey } from "../../shared/log/key.ts";

/** Only what isOpen asks: which insurers the database has, the two stores, the KMS's public key. */
async function placesOf(database: boolean, published: boolean, signer: boolean, keyByte = 1) {
  const publicKey = new Uint8Array(32).fill(keyByte);
  const services = {
    ports: {
      originOf: (insurer: string) => `test.example/${insurer}`,
      store: { insurers: async () => (database ? ["acme"] : []) },
    },
    published: memoryStore(),
    signed: memoryStore(),
    checkpointKey: { publicKey: async () => publicKey },
  } as unknown as Services;
  if (published) {
    const opened = { ...services, checkpointKey: { publicKey: async () => publicKey.fill(1) } };
    const key = formatVerifierKey(await logKey(opened as Services, "acme"));
    await services.published.putIfAbsent("acme/opened", utf8(key));
    publicKey.fill(keyByte);
  }
  if (signer) await services.signed.putIfAbsent("acme/latest", utf8("{}"));
  return services;
}

describe("a log at start", () => {
  test("is open where all three places have it, new where all lack it", async () => {
    expect(await isOpen(await placesOf(true, true, true), "acme")).toBe(true);
    expect(await isOpen(await placesOf(false, false, false), "acme")).toBe(false);
  });

  test.each([
    [false, true, true, "the database"],
    [true, false, true, "the published folder"],
    [true, true, false, "the signer's store"],
    [true, false, false, "the published folder and the signer's store"],
  ])("is refused with what is missing: %s %s %s", async (database, published, signer, missing) => {
    const asked = isOpen(await placesOf(database, published, signer), "acme");
    await expect(asked).rejects.toThrow(HalfOpen);
    await expect(asked).rejects.toThrow(`missing from ${missing} but not from everywhere`);
  });

  test("is refused when the KMS has another key than it was opened under", async () => {
    const asked = isOpen(await placesOf(true, true, true, 2), "acme");
    await expect(asked).rejects.toThrow(/opened under another signing key/);
  });
});
