import { describe, expect, test } from "@jest/globals";
import { memoryStore } from "../../local/objects/memory.ts";
import { HalfOpen, isOpen, logKeys } from "../../local/platform/open-log.ts";
import type { Services } from "../../local/platform/services.ts";
import { keysToPublish } from "../../local/platform/signing-keys.ts";
import { encodeState } from "../../shared/audit/streams.ts";
import { utf8 } from "../../shared/base/bytes.ts";
import { parseGenerations } from "../../shared/base/generations.ts";
import { formatVerifierKey, publicKeyBytes } from "../../shared/log/key.ts";
import { keyDigest } from "../../shared/policy/insurer.ts";
import { insurer, insurerStream } from "../policy/sample.ts";

const keysOf = (byte: number) =>
  (["ed25519", "mldsa44"] as const).map((type) => ({
    type,
    publicKey: async () => new Uint8Array(publicKeyBytes[type]).fill(byte),
    sign: () => Promise.reject(new Error("nothing is signed here")),
  }));

/** A log's row in which the keys of `bytes` are in force, and the KMS's keys of `now`. */
async function keyedLog(bytes: readonly number[], now: readonly number[]): Promise<Services> {
  const services = {
    ports: {
      originOf: (insurer: string) => `test.example/${insurer}`,
      store: {
        read: (_: string, body: (on: object) => unknown) => body({ insurer: async () => row }),
      },
    },
    checkpointKeys: now.flatMap(keysOf),
  } as unknown as Services;
  const inForce = { ...services, checkpointKeys: bytes.flatMap(keysOf) };
  const keys = await logKeys(inForce, "acme");
  const state = encodeState("insurer", {
    ...insurer().state,
    keys: keys.map((key) => keyDigest(formatVerifierKey(key))),
  });
  const row = {
    kind: "insurer",
    stream: insurerStream,
    version: 1n,
    person: null,
    state: JSON.stringify({ state, fields: {} }),
  };
  return services;
}

/** Only what isOpen asks: which insurers the database has, and the two stores. */
async function placesOf(database: boolean, published: boolean, signer: boolean) {
  const services = {
    ports: {
      originOf: (insurer: string) => `test.example/${insurer}`,
      store: { insurers: async () => (database ? ["acme"] : []) },
    },
    published: memoryStore(),
    signed: memoryStore(),
  } as unknown as Services;
  if (published) await services.published.putIfAbsent("acme/opened", utf8("keys"));
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
});

describe("the keys that sign at start", () => {
  const asked = async (inForce: number[], now: number[], replace: boolean) =>
    keysToPublish(await keyedLog(inForce, now), "acme", replace);

  test("are those in force, or are published first when they are being replaced", async () => {
    expect(await asked([1], [1], false)).toBe(false);
    expect(await asked([1], [1], true)).toBe(false);
    expect(await asked([1], [1, 2], true)).toBe(true);
    expect(await asked([1, 2], [2], true)).toBe(true);
  });

  test("are refused where nobody replaces them: the KMS's folder is another's", async () => {
    await expect(asked([1], [2], false)).rejects.toThrow(/other keys than the KMS has now/);
    await expect(asked([1], [1, 2], false)).rejects.toThrow(HalfOpen);
    await expect(asked([1, 2], [2], false)).rejects.toThrow(HalfOpen);
  });

  test("are refused where they would all be new at once", async () => {
    await expect(asked([1], [2], true)).rejects.toThrow(/with an overlap/);
  });
});

test.each([
  ["1", [1]],
  ["7,12", [7, 12]],
  ["2,1", undefined],
  ["1,1", undefined],
  ["0", undefined],
  ["1,2,3", undefined],
  ["", undefined],
])("generations of signing keys are read from %p", (text, generations) => {
  expect(parseGenerations(text)).toEqual(generations);
});
