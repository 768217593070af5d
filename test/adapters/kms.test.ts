import { createPublicKey, verify } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CreateKeyCommand,
  DisableKeyCommand,
  EnableKeyCommand,
  type KeySpec,
  KMSClient,
} from "@aws-sdk/client-kms";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { awsLimits } from "../../functions/adapters/aws-limits.ts";
import { localClientConfig } from "../../functions/adapters/aws-local.ts";
import { kmsCheckpointKey, unwrapEd25519 } from "../../functions/adapters/kms/checkpoint-key.ts";
import { kmsDataKeys } from "../../functions/adapters/kms/data-keys.ts";
import type { KmsFaults } from "../../local/kms/faults.ts";
import { type KmsStub, startKmsStub } from "../../local/kms/stub.ts";
import { concat, fromHex, utf8 } from "../../shared/base/bytes.ts";
import { Malformed } from "../../shared/base/malformed.ts";
import { Unavailable } from "../../shared/ports/unavailable.ts";

let folder: string;
let stub: KmsStub;
let client: KMSClient;
const clients: KMSClient[] = [];
const stubs: KmsStub[] = [];

function clientOf({ endpoint }: KmsStub, maxAttempts = 4): KMSClient {
  const made = new KMSClient({ ...awsLimits, ...localClientConfig(endpoint), maxAttempts });
  clients.push(made);
  return made;
}

async function faulty(faults: KmsFaults): Promise<KmsStub> {
  const made = await startKmsStub({ folder, faults });
  stubs.push(made);
  return made;
}

async function newKey(spec: KeySpec): Promise<string> {
  const usage = spec === "SYMMETRIC_DEFAULT" ? "ENCRYPT_DECRYPT" : "SIGN_VERIFY";
  const made = await client.send(new CreateKeyCommand({ KeySpec: spec, KeyUsage: usage }));
  return made.KeyMetadata!.KeyId!;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "kms-"));
  stub = await startKmsStub({ folder });
  stubs.push(stub);
  client = clientOf(stub);
});
afterAll(async () => {
  for (const each of clients) each.destroy();
  for (const each of stubs) await each.stop();
  await rm(folder, { recursive: true });
});

const spkiPrefix = fromHex("302a300506032b6570032100");
const nodeKey = (raw: Uint8Array) =>
  createPublicKey({ key: Buffer.from(concat(spkiPrefix, raw)), format: "der", type: "spki" });

describe("the checkpoint key in KMS", () => {
  test("signs what node:crypto verifies, and only that", async () => {
    const key = kmsCheckpointKey(client, await newKey("ECC_NIST_EDWARDS25519"));
    const raw = await key.publicKey();
    expect(raw).toHaveLength(32);
    const message = utf8("example.com/log\n1\nroot\n");
    const signature = await key.sign(message);
    expect(signature).toHaveLength(64);
    expect(verify(null, message, nodeKey(raw), signature)).toBe(true);
    expect(verify(null, utf8("example.com/log\n2\nroot\n"), nodeKey(raw), signature)).toBe(false);
  });

  test("signs 4096 bytes, and neither 0 nor 4097", async () => {
    const key = kmsCheckpointKey(client, await newKey("ECC_NIST_EDWARDS25519"));
    expect(await key.sign(new Uint8Array(4096))).toHaveLength(64);
    await expect(key.sign(new Uint8Array(4097))).rejects.toThrow("1 to 4096");
    await expect(key.sign(new Uint8Array())).rejects.toThrow("1 to 4096");
  });

  test("asks for the public key once, and again after a failure", async () => {
    const id = await newKey("ECC_NIST_EDWARDS25519");
    const key = kmsCheckpointKey(client, id);
    await client.send(new DisableKeyCommand({ KeyId: id }));
    await expect(key.publicKey()).rejects.toMatchObject({ name: "DisabledException" });
    await client.send(new EnableKeyCommand({ KeyId: id }));
    const raw = await key.publicKey();
    raw.fill(0);
    await client.send(new DisableKeyCommand({ KeyId: id }));
    expect((await key.publicKey()).some((byte) => byte !== 0)).toBe(true);
  });

  test("a disabled key signs nothing, and that is no outage", async () => {
    const id = await newKey("ECC_NIST_EDWARDS25519");
    const key = kmsCheckpointKey(client, id);
    await key.publicKey();
    await client.send(new DisableKeyCommand({ KeyId: id }));
    await expect(key.sign(utf8("x"))).rejects.toMatchObject({ name: "DisabledException" });
  });

  test("a key of another kind is refused", async () => {
    const mlDsa = kmsCheckpointKey(client, await newKey("ML_DSA_44"));
    await expect(mlDsa.publicKey()).rejects.toThrow(Malformed);
    const symmetric = kmsCheckpointKey(client, await newKey("SYMMETRIC_DEFAULT"));
    await expect(symmetric.publicKey()).rejects.toMatchObject({ name: "InvalidKeyUsageException" });
  });

  test("a signature that the published key does not verify is never given out", async () => {
    const id = await newKey("ECC_NIST_EDWARDS25519");
    const other = await kmsCheckpointKey(client, await newKey("ECC_NIST_EDWARDS25519")).publicKey();
    const crossed = {
      send: async (command: object) => {
        if (command.constructor.name === "GetPublicKeyCommand") {
          return { PublicKey: concat(spkiPrefix, other) };
        }
        return client.send(command as never);
      },
    };
    const key = kmsCheckpointKey(crossed as unknown as KMSClient, id);
    await expect(key.sign(utf8("x"))).rejects.toThrow("the key it publishes");
  });

  test.each([
    ["a byte too short", (der: Uint8Array) => der.slice(0, -1)],
    ["a byte too long", (der: Uint8Array) => concat(der, Uint8Array.of(0))],
    ["another OID", (der: Uint8Array) => der.with(8, 0x6f)],
    ["unused bits", (der: Uint8Array) => der.with(11, 1)],
    ["nothing", () => new Uint8Array()],
  ])("the public key's DER is read strictly: %s", (_, spoil) => {
    const der = concat(spkiPrefix, new Uint8Array(32).fill(7));
    expect(unwrapEd25519(der)).toEqual(new Uint8Array(32).fill(7));
    expect(() => unwrapEd25519(spoil(der))).toThrow(Malformed);
  });
});

describe("data keys in KMS", () => {
  const context = { insurer: "acme", person: "p-1", class: "financial" };

  test("come back from their wrapping, for their person and class only", async () => {
    const keys = kmsDataKeys(client, await newKey("SYMMETRIC_DEFAULT"));
    const { plain, wrapped } = await keys.generate(context);
    expect(plain).toHaveLength(32);
    expect(await keys.unwrap(wrapped, context)).toEqual(plain);
    for (const other of [
      { ...context, insurer: "acm" },
      { ...context, person: "p-2" },
      { ...context, class: "identity-and-health" },
    ]) {
      await expect(keys.unwrap(wrapped, other)).rejects.toThrow(Malformed);
    }
  });

  test("are new each time", async () => {
    const keys = kmsDataKeys(client, await newKey("SYMMETRIC_DEFAULT"));
    const [one, two] = [await keys.generate(context), await keys.generate(context)];
    expect(one.plain).not.toEqual(two.plain);
    expect(one.wrapped).not.toEqual(two.wrapped);
  });

  test("one flipped bit anywhere in the wrapping is refused", async () => {
    const keys = kmsDataKeys(client, await newKey("SYMMETRIC_DEFAULT"));
    const { wrapped } = await keys.generate(context);
    for (let i = 0; i < wrapped.length; i++) {
      const flipped = wrapped.with(i, (wrapped[i] ?? 0) ^ 1);
      await expect(keys.unwrap(flipped, context)).rejects.toThrow(Malformed);
    }
    await expect(keys.unwrap(wrapped.slice(0, -1), context)).rejects.toThrow(Malformed);
    await expect(keys.unwrap(Uint8Array.of(1), context)).rejects.toThrow(Malformed);
  });

  test("made under one master key do not open under another", async () => {
    const one = kmsDataKeys(client, await newKey("SYMMETRIC_DEFAULT"));
    const two = kmsDataKeys(client, await newKey("SYMMETRIC_DEFAULT"));
    const { wrapped } = await one.generate(context);
    await expect(two.unwrap(wrapped, context)).rejects.toThrow(Malformed);
  });
});

describe("when KMS has trouble", () => {
  const retriedAway: readonly KmsFaults[] = [
    { seed: "1", throttled: 0.3 },
    { seed: "2", lost: 0.3 },
    { seed: "3", twice: 0.5 },
    { seed: "4", late: 0.3, lateMs: 20 },
  ];
  test.each(retriedAway)("the SDK's own retries hide %j", async (faults) => {
    const id = await newKey("ECC_NIST_EDWARDS25519");
    const key = kmsCheckpointKey(clientOf(await faulty(faults), 8), id);
    for (let i = 0; i < 8; i++) expect(await key.sign(Uint8Array.of(i))).toHaveLength(64);
  });

  const outages: readonly KmsFaults[] = [
    { seed: "1", throttled: 1 },
    { seed: "1", lost: 1 },
  ];
  test.each(outages)("what outlasts them is Unavailable: %j", async (faults) => {
    const there = clientOf(await faulty(faults), 2);
    await expect(kmsCheckpointKey(there, "any").publicKey()).rejects.toThrow(Unavailable);
    await expect(
      kmsDataKeys(there, "any").generate({ insurer: "a", person: "b", class: "c" }),
    ).rejects.toThrow(Unavailable);
  });

  test("a stub that is gone is Unavailable", async () => {
    const gone = await startKmsStub({ folder });
    await gone.stop();
    await expect(kmsCheckpointKey(clientOf(gone, 2), "any").publicKey()).rejects.toThrow(
      Unavailable,
    );
  });

  test("an answer that takes too long is Unavailable", async () => {
    const slow = await faulty({ seed: "1", late: 1, lateMs: 1_000 });
    const impatient = new KMSClient({
      ...localClientConfig(slow.endpoint),
      maxAttempts: 1,
      requestHandler: { ...awsLimits.requestHandler, requestTimeout: 50 },
    });
    clients.push(impatient);
    await expect(kmsCheckpointKey(impatient, "any").publicKey()).rejects.toThrow(Unavailable);
  });
});
