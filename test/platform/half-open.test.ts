import { describe, expect, test } from "@jest/globals";
import { memoryStore } from "../../local/objects/memory.ts";
import { HalfOpen, isOpen, logKeys } from "../../local/platform/open-log.ts";
import type { Services } from "../../local/platform/services.ts";
import { utf8 } from "../../shared/base/bytes.ts";
import { formatVerifierKey, publicKeyBytes } from "../../shared/log/key.ts";

const keysOf = (byte: number) =>
  (["ed25519", "mldsa44"] as const).map((type) => ({
    type,
    publicKey: async () => new Uint8Array(publicKeyBytes[type]).fill(byte),
    sign: () => Promise.reject(new Error("nothing is signed here")),
  }));

/** Only what isOpen asks: which insurers the database has, the two stores, the KMS's public keys. */
async function placesOf(database: boolean, published: boolean, signer: boolean, keyByte = 1) {
  const services = {
    ports: {
      originOf: (insurer: string) => `test.example/${insurer}`,
      store: { insurers: async () => (database ? ["acme"] : []) },
    },
    published: memoryStore(),
    signed: memoryStore(),
    checkpointKeys: keysOf(keyByte),
  } as unknown as Services;
  if (published) {
    const opened = { ...services, checkpointKeys: keysOf(1) };
    const keys = await logKeys(opened as Services, "acme");
    const lines = keys.map(formatVerifierKey).join("\n");
    await services.published.putIfAbsent("acme/opened", utf8(lines));
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

  test("is refused when the KMS has other keys than it was opened under", async () => {
    const asked = isOpen(await placesOf(true, true, true, 2), "acme");
    await expect(asked).rejects.toThrow(/opened under other signing keys/);
  });
});
