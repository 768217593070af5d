import { createPublicKey, verify } from "node:crypto";
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { type KmsStub, startKmsStub } from "../../local/kms/stub.ts";

let folder: string;
let stub: KmsStub;
const lines: string[] = [];
const others: KmsStub[] = [];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "kms-"));
  stub = await startKmsStub({ folder, log: (line) => lines.push(line) });
});
afterAll(async () => {
  for (const each of [stub, ...others]) await each.stop();
  await rm(folder, { recursive: true });
});

interface Body {
  readonly __type?: string;
  readonly KeyMetadata?: Readonly<Record<string, string>>;
  readonly PublicKey?: string;
  readonly Signature?: string;
  readonly CiphertextBlob?: string;
  readonly Plaintext?: string;
}

const authorization = "AWS4-HMAC-SHA256 Credential=local";

async function ask(operation: string, body: unknown, headers: Record<string, string> = {}) {
  const answer = await fetch(`${stub.endpoint}/`, {
    method: "POST",
    headers: { authorization, "x-amz-target": `TrentService.${operation}`, ...headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
  const text = await answer.text();
  const parsed = (text === "" ? {} : JSON.parse(text)) as Body;
  return { status: answer.status, headers: answer.headers, body: parsed };
}

async function newKey(KeySpec: string): Promise<string> {
  const KeyUsage = KeySpec === "SYMMETRIC_DEFAULT" ? "ENCRYPT_DECRYPT" : "SIGN_VERIFY";
  const { body } = await ask("CreateKey", { KeySpec, KeyUsage });
  return body.KeyMetadata?.KeyId ?? "";
}

const refusal = async (operation: string, body: unknown, headers?: Record<string, string>) => {
  const answer = await ask(operation, body, headers);
  return `${answer.status} ${answer.body.__type}`;
};

const message = Buffer.from("a message").toString("base64");
const signEd25519 = { SigningAlgorithm: "ED25519_SHA_512", MessageType: "RAW", Message: message };
const signMlDsa = { ...signEd25519, SigningAlgorithm: "ML_DSA_SHAKE_256" };

describe("the KMS stub on the wire", () => {
  test("makes keys with the metadata KMS gives, names them, and finds them by id, ARN and alias", async () => {
    const made = await ask("CreateKey", {
      KeySpec: "ECC_NIST_EDWARDS25519",
      KeyUsage: "SIGN_VERIFY",
      Description: "checkpoints",
    });
    expect(made.headers.get("content-type")).toBe("application/x-amz-json-1.1");
    expect(made.headers.get("x-amzn-requestid")).toMatch(/^[0-9a-f-]{36}$/);
    const metadata = made.body.KeyMetadata ?? {};
    expect(metadata).toMatchObject({
      Description: "checkpoints",
      Enabled: true,
      KeySpec: "ECC_NIST_EDWARDS25519",
      KeyState: "Enabled",
      KeyUsage: "SIGN_VERIFY",
      SigningAlgorithms: ["ED25519_SHA_512"],
    });
    const alias = { AliasName: "alias/checkpoints", TargetKeyId: metadata.KeyId };
    expect(await ask("CreateAlias", alias)).toMatchObject({ status: 200, body: {} });
    const aliasArn = metadata.Arn?.replace(/key\/.*/, "alias/checkpoints");
    for (const KeyId of [metadata.KeyId, metadata.Arn, "alias/checkpoints", aliasArn]) {
      expect((await ask("DescribeKey", { KeyId })).body.KeyMetadata).toEqual(metadata);
    }
    expect(await refusal("CreateAlias", alias)).toBe("400 AlreadyExistsException");
  });

  test.each([
    ["ECC_NIST_EDWARDS25519", signEd25519, 44, 64],
    ["ML_DSA_44", signMlDsa, 1334, 2420],
  ])(
    "%s: public key and signature have their lengths and verify",
    async (spec, body, keyLength, signatureLength) => {
      const KeyId = await newKey(spec);
      const der = Buffer.from(
        (await ask("GetPublicKey", { KeyId })).body.PublicKey ?? "",
        "base64",
      );
      expect(der).toHaveLength(keyLength);
      const signed = await ask("Sign", { KeyId, ...body });
      const signature = Buffer.from(signed.body.Signature ?? "", "base64");
      expect(signature).toHaveLength(signatureLength);
      const publicKey = createPublicKey({ key: der, format: "der", type: "spki" });
      expect(verify(null, Buffer.from("a message"), publicKey, signature)).toBe(true);
      expect(verify(null, Buffer.from("A message"), publicKey, signature)).toBe(false);
    },
  );

  test("the order of an encryption context's pairs does not matter, their content does", async () => {
    const KeyId = await newKey("SYMMETRIC_DEFAULT");
    const made = await ask("GenerateDataKey", {
      KeyId,
      KeySpec: "AES_256",
      EncryptionContext: { a: "1", b: "2" },
    });
    const { CiphertextBlob, Plaintext } = made.body;
    const open = (EncryptionContext?: object) =>
      ask("Decrypt", { CiphertextBlob, ...(EncryptionContext && { EncryptionContext }) });
    expect((await open({ b: "2", a: "1" })).body.Plaintext).toBe(Plaintext);
    for (const other of [undefined, {}, { a: "1" }, { a: "1", b: "3" }, { a: "1,b:2" }]) {
      expect(await open(other)).toMatchObject({
        status: 400,
        body: { __type: "InvalidCiphertextException" },
      });
    }
    const another = await newKey("SYMMETRIC_DEFAULT");
    const wrongKey = { CiphertextBlob, KeyId: another, EncryptionContext: { a: "1", b: "2" } };
    expect(await refusal("Decrypt", wrongKey)).toBe("400 IncorrectKeyException");
  });

  test("refuses what KMS refuses, with its types", async () => {
    const ed25519 = await newKey("ECC_NIST_EDWARDS25519");
    const mlDsa = await newKey("ML_DSA_44");
    const symmetric = await newKey("SYMMETRIC_DEFAULT");
    const long = Buffer.alloc(4097).toString("base64");
    const cases: readonly (readonly [string, unknown, string])[] = [
      ["Sign", { KeyId: ed25519, ...signEd25519, Message: long }, "ValidationException"],
      ["Sign", { KeyId: ed25519, ...signEd25519, Message: "" }, "ValidationException"],
      ["Sign", { KeyId: ed25519, ...signEd25519, Message: "%" }, "SerializationException"],
      ["Sign", { KeyId: ed25519, ...signEd25519, MessageType: "DIGEST" }, "ValidationException"],
      ["Sign", { KeyId: ed25519, ...signMlDsa }, "InvalidKeyUsageException"],
      ["Sign", { KeyId: mlDsa, ...signEd25519 }, "InvalidKeyUsageException"],
      ["Sign", { KeyId: symmetric, ...signEd25519 }, "InvalidKeyUsageException"],
      ["Sign", { ...signEd25519 }, "ValidationException"],
      ["Sign", { KeyId: "alias/none", ...signEd25519 }, "NotFoundException"],
      ["Sign", { KeyId: "__proto__", ...signEd25519 }, "NotFoundException"],
      ["GetPublicKey", { KeyId: symmetric }, "InvalidKeyUsageException"],
      ["GenerateDataKey", { KeyId: ed25519, KeySpec: "AES_256" }, "InvalidKeyUsageException"],
      ["GenerateDataKey", { KeyId: symmetric }, "ValidationException"],
      ["GenerateDataKey", { KeyId: symmetric, KeySpec: "AES_512" }, "ValidationException"],
      ["GenerateDataKey", { KeyId: symmetric, NumberOfBytes: 1025 }, "ValidationException"],
      ["Decrypt", { CiphertextBlob: message }, "InvalidCiphertextException"],
      [
        "Decrypt",
        { CiphertextBlob: Buffer.alloc(80, 1).toString("base64") },
        "InvalidCiphertextException",
      ],
      [
        "CreateKey",
        { KeySpec: "RSA_2048", KeyUsage: "SIGN_VERIFY" },
        "UnsupportedOperationException",
      ],
      ["CreateKey", { KeySpec: "ML_DSA_44" }, "ValidationException"],
      [
        "CreateAlias",
        { AliasName: "alias/aws/x", TargetKeyId: symmetric },
        "InvalidAliasNameException",
      ],
      ["CreateAlias", { AliasName: "x", TargetKeyId: symmetric }, "InvalidAliasNameException"],
      ["CreateAlias", { AliasName: "alias/x", TargetKeyId: "gone" }, "NotFoundException"],
      ["Sign", "{", "SerializationException"],
      ["Sign", "[]", "SerializationException"],
      ["DescribeKey", { KeyId: 7 }, "SerializationException"],
      ["Encrypt", {}, "UnknownOperationException"],
      ["toString", {}, "UnknownOperationException"],
    ];
    for (const [operation, body, type] of cases) {
      expect([operation, body, await refusal(operation, body)]).toEqual([
        operation,
        body,
        `400 ${type}`,
      ]);
    }
    const unsigned = await refusal("Sign", {}, { authorization: "" });
    expect(unsigned).toBe("400 MissingAuthenticationTokenException");
  });

  test("looks at the key's state: disabled, enabled again, pending deletion", async () => {
    const KeyId = await newKey("ECC_NIST_EDWARDS25519");
    const sign = () => refusal("Sign", { KeyId, ...signEd25519 });
    await ask("DisableKey", { KeyId });
    expect(await sign()).toBe("400 DisabledException");
    expect(await refusal("GetPublicKey", { KeyId })).toBe("400 DisabledException");
    expect((await ask("DescribeKey", { KeyId })).body.KeyMetadata).toMatchObject({
      Enabled: false,
    });
    await ask("EnableKey", { KeyId });
    expect(await sign()).toBe("200 undefined");
    await ask("ScheduleKeyDeletion", { KeyId, PendingWindowInDays: 7 });
    expect(await sign()).toBe("400 KMSInvalidStateException");
    expect(await refusal("EnableKey", { KeyId })).toBe("400 KMSInvalidStateException");
  });

  test("its log tells operations and outcomes, no key and no message", async () => {
    await ask("Sign", { KeyId: await newKey("ECC_NIST_EDWARDS25519"), ...signEd25519 });
    expect(lines).toContain("kms Sign fine done");
    for (const line of lines) expect(line).toMatch(/^kms \w* fine (done|\w+Exception)$/);
  });
});

describe("the KMS stub's keys", () => {
  test("lie in one file for the owner alone, nothing else beside it but the lock", async () => {
    await newKey("SYMMETRIC_DEFAULT");
    expect((await stat(join(folder, "keys.json"))).mode & 0o777).toBe(0o600);
    expect((await readdir(folder)).sort()).toEqual(["keys.json", "lock"]);
  });

  test("are seen by a second stub on the same folder, and none is lost when both make keys", async () => {
    const second = await startKmsStub({ folder });
    others.push(second);
    const ask2 = (target: string, body: object) =>
      fetch(second.endpoint, {
        method: "POST",
        headers: { authorization, "x-amz-target": `TrentService.${target}` },
        body: JSON.stringify(body),
      });
    const mine = newKey("SYMMETRIC_DEFAULT");
    const theirs = ask2("CreateKey", {}).then((answer) => answer.json());
    const ids = [await mine, (await theirs).KeyMetadata.KeyId];
    for (const KeyId of ids) {
      expect(await refusal("DescribeKey", { KeyId })).toBe("200 undefined");
      expect((await ask2("DescribeKey", { KeyId })).status).toBe(200);
    }
  });

  test("a broken key file stops the start instead of beginning anew", async () => {
    const broken = await mkdtemp(join(tmpdir(), "kms-"));
    await writeFile(join(broken, "keys.json"), '{"form":"countersign-kms/v1","keys":{"a');
    await chmod(join(broken, "keys.json"), 0o600);
    await expect(startKmsStub({ folder: broken })).rejects.toThrow("JSON");
    await writeFile(join(broken, "keys.json"), '{"form":"other"}');
    await expect(startKmsStub({ folder: broken })).rejects.toThrow("countersign-kms/v1");
    expect(await readFile(join(broken, "keys.json"), "utf8")).toBe('{"form":"other"}');
    await rm(broken, { recursive: true });
  });

  test("a taken port is refused", async () => {
    await expect(startKmsStub({ folder, port: stub.port })).rejects.toThrow("EADDRINUSE");
  });
});
