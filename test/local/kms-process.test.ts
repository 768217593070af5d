import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CreateAliasCommand, CreateKeyCommand, KMSClient } from "@aws-sdk/client-kms";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { awsLimits } from "../../functions/adapters/aws-limits.ts";
import { localClientConfig } from "../../functions/adapters/aws-local.ts";
import { kmsCheckpointKey } from "../../functions/adapters/kms/checkpoint-key.ts";
import { kmsDataKeys } from "../../functions/adapters/kms/data-keys.ts";

const main = join(import.meta.dirname, "../../local/kms/main.ts");
const running: ChildProcess[] = [];
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "kms-"));
});
afterAll(async () => {
  for (const child of running) if (child.exitCode === null) child.kill("SIGKILL");
  await rm(folder, { recursive: true });
});

async function start(...options: string[]) {
  const child = spawn(process.execPath, [main, "--folder", folder, ...options], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  running.push(child);
  const [line] = await once(child.stdout, "data");
  const { endpoint } = JSON.parse(String(line)) as { endpoint: string };
  return { child, client: new KMSClient({ ...awsLimits, ...localClientConfig(endpoint) }) };
}

describe("the KMS stub as its own process", () => {
  test("keeps every key it acknowledged through kill -9", async () => {
    const context = { insurer: "acme", person: "p", class: "financial" };
    const first = await start();
    for (const [name, spec] of [
      ["sign", "ECC_NIST_EDWARDS25519"],
      ["wrap", "SYMMETRIC_DEFAULT"],
    ] as const) {
      const KeyUsage = name === "sign" ? "SIGN_VERIFY" : "ENCRYPT_DECRYPT";
      const made = await first.client.send(new CreateKeyCommand({ KeySpec: spec, KeyUsage }));
      const TargetKeyId = made.KeyMetadata?.KeyId;
      await first.client.send(new CreateAliasCommand({ AliasName: `alias/${name}`, TargetKeyId }));
    }
    const publicKey = await kmsCheckpointKey(first.client, "alias/sign", "ed25519").publicKey();
    const { plain, wrapped } = await kmsDataKeys(first.client, "alias/wrap").generate(context);
    first.child.kill("SIGKILL");
    await once(first.child, "exit");
    first.client.destroy();

    const second = await start();
    const key = kmsCheckpointKey(second.client, "alias/sign", "ed25519");
    expect(await key.publicKey()).toEqual(publicKey);
    expect(await key.sign(Uint8Array.of(1))).toHaveLength(64);
    expect(await kmsDataKeys(second.client, "alias/wrap").unwrap(wrapped, context)).toEqual(plain);
    second.client.destroy();
    second.child.kill("SIGTERM");
    expect(await once(second.child, "exit")).toEqual([0, null]);
  });

  test("ends with its parent's pipe if asked", async () => {
    const { child } = await start("--until-stdin-ends");
    child.stdin?.end();
    expect(await once(child, "exit")).toEqual([0, null]);
  });
});
