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
  ScheduleKeyDeletionCommand,
} from "@aws-sdk/client-kms";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { awsLimits } from "../../functions/adapters/aws-limits.ts";
import { localClientConfig } from "../../functions/adapters/aws-local.ts";
import { kmsCheckpointKey } from "../../functions/adapters/kms/checkpoint-key.ts";
import { kmsDataKeys } from "../../functions/adapters/kms/data-keys.ts";
import { unwrapPublicKey } from "../../functions/adapters/kms/public-key.ts";
import type { ServiceFaults } from "../../local/faults/fates.ts";
import { type KmsStub, startKmsStub } from "../../local/kms/stub.ts";
import { concat, fromHex, utf8 } from "../../shared/base/bytes.ts";
import { Malformed } from "../../shared/base/malformed.ts";
import { Unavailable } from "../../shared/ports/unavailable.ts";
import { dataKeysContract } from "../contract/data-keys.ts";

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

async function faulty(faults: ServiceFaults): Promise<KmsStub> {
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

const types = [
  {
    type: "ed25519",
    spec: "ECC_NIST_EDWARDS25519",
    keyBytes: 32,
    signatureBytes: 64,
    prefix: fromHex("302a300506032b6570032100"),
  },
  {
    type: "mldsa44",
    spec: "ML_DSA_44",
    keyBytes: 1312,
    signatureBytes: 2420,
    prefix: fromHex("30820532300b06096086480165030403110382052100"),
  },
] as const;

describe.each(types)("the $type checkpoint key in KMS", (form) => {
  const { type, spec, keyBytes, signatureBytes, prefix } = form;
  const other = types.find((each) => each.type !== type) ?? form;
  const keyOf = (id: string) => kmsCheckpointKey(client, id, type);
  const nodeKey = (raw: Uint8Array) =>
    createPublicKey({ key: Buffer.from(concat(prefix, raw)), format: "der", type: "spki" });

  test("signs what node:crypto verifies, and only that", async () => {
    const key = keyOf(await newKey(spec));
    const raw = await key.publicKey();
    expect(raw).toHaveLength(keyBytes);
    const message = utf8("example.com/log\n1\nroot\n");
    const signature = await key.sign(message);
    expect(signature).toHaveLength(signatureBytes);
    expect(verify(null, message, nodeKey(raw), signature)).toBe(true);
    expect(verify(null, utf8("example.com/log\n2\nroot\n"), nodeKey(raw), signature)).toBe(false);
  });

  test("signs 4096 bytes, and neither 0 nor 4097", async () => {
    const key = keyOf(await newKey(spec));
    expect(await key.sign(new Uint8Array(4096))).toHaveLength(signatureBytes);
    await expect(key.sign(new Uint8Array(4097))).rejects.toThrow("1 to 4096");
    await expect(key.sign(new Uint8Array())).rejects.toThrow("1 to 4096");
  });

  test("asks for the public key once, and again after a failure", async () => {
    const id = await newKey(spec);
    const key = keyOf(id);
    await client.send(new DisableKeyCommand({ KeyId: id }));
    await expect(key.publicKey()).rejects.toMatchObject({ name: "DisabledException" });
    await client.send(new EnableKeyCommand({ KeyId: id }));
    const raw = await key.publicKey();
    raw.fill(0);
    await client.send(new DisableKeyCommand({ KeyId: id }));
    expect((await key.publicKey()).some((byte) => byte !== 0)).toBe(true);
  });

  test("a disabled key, and one that is to be deleted, sign nothing, and that is no outage", async () => {
    const id = await newKey(spec);
    const key = keyOf(id);
    await key.publicKey();
    await client.send(new DisableKeyCommand({ KeyId: id }));
    await expect(key.sign(utf8("x"))).rejects.toMatchObject({ name: "DisabledException" });
    await client.send(new ScheduleKeyDeletionCommand({ KeyId: id }));
    await expect(key.sign(utf8("x"))).rejects.toMatchObject({ name: "KMSInvalidStateException" });
  });

  test("a key of another kind is refused", async () => {
    await expect(keyOf(await newKey(other.spec)).publicKey()).rejects.toThrow(Malformed);
    const refused = { name: "InvalidKeyUsageException" };
    const unlike = keyOf(await newKey(other.spec));
    await expect(unlike.sign(utf8("x"))).rejects.toThrow();
    await expect(keyOf(await newKey("SYMMETRIC_DEFAULT")).publicKey()).rejects.toMatchObject(
      refused,
    );
  });

  test("a signature that the published key does not verify is never given out", async () => {
    const id = await newKey(spec);
    const foreign = await keyOf(await newKey(spec)).publicKey();
    const crossed = {
      send: async (command: object) => {
        if (command.constructor.name === "GetPublicKeyCommand") {
          return { PublicKey: concat(prefix, foreign) };
        }
        return client.send(command as never);
      },
    };
    const key = kmsCheckpointKey(crossed as unknown as KMSClient, id, type);
    await expect(key.sign(utf8("x"))).rejects.toThrow("the key it publishes");
  });

  test.each([
    ["a byte too short", (der: Uint8Array) => der.slice(0, -1)],
    ["a byte too long", (der: Uint8Array) => concat(der, Uint8Array.of(0))],
    ["another OID", (der: Uint8Array) => der.with(prefix.length - 5, 0x6f)],
    ["unused bits", (der: Uint8Array) => der.with(prefix.length - 1, 1)],
    ["the other type", () => concat(other.prefix, new Uint8Array(other.keyBytes))],
    ["nothing", () => new Uint8Array()],
  ])("the public key's DER is read strictly: %s", (_, spoil) => {
    const der = concat(prefix, new Uint8Array(keyBytes).fill(7));
    expect(unwrapPublicKey(type, der)).toEqual(new Uint8Array(keyBytes).fill(7));
    expect(() => unwrapPublicKey(type, spoil(der))).toThrow(Malformed);
  });
});

test("Ed25519 gives one message one signature, ML-DSA-44 a new one each time", async () => {
  const [ed25519, mldsa44] = await Promise.all(
    types.map(async ({ spec, type }) => kmsCheckpointKey(client, await newKey(spec), type)),
  );
  const message = utf8("x");
  expect(await ed25519?.sign(message)).toEqual(await ed25519?.sign(message));
  expect(await mldsa44?.sign(message)).not.toEqual(await mldsa44?.sign(message));
});

dataKeysContract("the KMS stub", async () =>
  kmsDataKeys(client, await newKey("SYMMETRIC_DEFAULT")),
);

describe("when KMS has trouble", () => {
  const retriedAway: readonly ServiceFaults[] = [
    { seed: "1", throttled: 0.3 },
    { seed: "2", lost: 0.3 },
    { seed: "3", twice: 0.5 },
    { seed: "4", late: 0.3, lateMs: 20 },
  ];
  test.each(retriedAway)("the SDK's own retries hide %j", async (faults) => {
    const id = await newKey("ECC_NIST_EDWARDS25519");
    const key = kmsCheckpointKey(clientOf(await faulty(faults), 8), id, "ed25519");
    for (let i = 0; i < 8; i++) expect(await key.sign(Uint8Array.of(i))).toHaveLength(64);
  });

  const outages: readonly ServiceFaults[] = [
    { seed: "1", throttled: 1 },
    { seed: "1", lost: 1 },
  ];
  test.each(outages)("what outlasts them is Unavailable: %j", async (faults) => {
    const there = clientOf(await faulty(faults), 2);
    await expect(kmsCheckpointKey(there, "any", "ed25519").publicKey()).rejects.toThrow(
      Unavailable,
    );
    await expect(
      kmsDataKeys(there, "any").generate({ insurer: "a", person: "b", class: "c" }),
    ).rejects.toThrow(Unavailable);
  });

  test("a stub that is gone is Unavailable", async () => {
    const gone = await startKmsStub({ folder });
    await gone.stop();
    await expect(kmsCheckpointKey(clientOf(gone, 2), "any", "ed25519").publicKey()).rejects.toThrow(
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
    await expect(kmsCheckpointKey(impatient, "any", "ed25519").publicKey()).rejects.toThrow(
      Unavailable,
    );
  });
});
