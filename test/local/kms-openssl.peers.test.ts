import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CreateKeyCommand, GetPublicKeyCommand, KMSClient, SignCommand } from "@aws-sdk/client-kms";
import { afterAll, describe, expect, test } from "@jest/globals";
import { awsLimits } from "../../functions/adapters/aws-limits.ts";
import { localClientConfig } from "../../functions/adapters/aws-local.ts";
import { startKmsStub } from "../../local/kms/stub.ts";

const folder = mkdtempSync(join(tmpdir(), "kms-openssl-"));
const endings: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const end of endings) await end();
  rmSync(folder, { recursive: true });
});

function openssl(...args: string[]): boolean {
  try {
    execFileSync("openssl", args, { stdio: "pipe", cwd: folder });
    return true;
  } catch {
    return false;
  }
}

const knowsMlDsa = openssl("genpkey", "-algorithm", "ML-DSA-44", "-out", "probe");

describe("openssl verifies what the KMS stub signs", () => {
  const cases = [
    ["ECC_NIST_EDWARDS25519", "ED25519_SHA_512", openssl("version")],
    ["ML_DSA_44", "ML_DSA_SHAKE_256", knowsMlDsa],
  ] as const;
  for (const [KeySpec, SigningAlgorithm, here] of cases) {
    (here ? test : test.skip)(`${KeySpec} (needs an openssl that knows it)`, async () => {
      const stub = await startKmsStub({ folder: join(folder, "keys") });
      const client = new KMSClient({ ...awsLimits, ...localClientConfig(stub.endpoint) });
      endings.push(async () => {
        client.destroy();
        await stub.stop();
      });
      const made = await client.send(new CreateKeyCommand({ KeySpec, KeyUsage: "SIGN_VERIFY" }));
      const KeyId = made.KeyMetadata?.KeyId;
      const Message = Buffer.from("example.com/log\n1\nroot\n");
      const key = await client.send(new GetPublicKeyCommand({ KeyId }));
      const signed = await client.send(
        new SignCommand({ KeyId, Message, MessageType: "RAW", SigningAlgorithm }),
      );
      writeFileSync(join(folder, "key.der"), key.PublicKey ?? "");
      writeFileSync(join(folder, "signature"), signed.Signature ?? "");
      const verifies = (message: Uint8Array) => {
        writeFileSync(join(folder, "message"), message);
        const inputs = ["-in", "message", "-sigfile", "signature"];
        return openssl(
          "pkeyutl",
          "-verify",
          "-pubin",
          "-inkey",
          "key.der",
          "-keyform",
          "DER",
          "-rawin",
          ...inputs,
        );
      };
      expect(verifies(Message)).toBe(true);
      expect(verifies(Buffer.from("example.com/log\n2\nroot\n"))).toBe(false);
    });
  }
});
