import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { KMSClient } from "@aws-sdk/client-kms";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { awsLimits } from "../../functions/adapters/aws-limits.ts";
import { localClientConfig } from "../../functions/adapters/aws-local.ts";
import { logKeysOf, signNote } from "../../functions/signer/sign-note.ts";
import { type KmsStub, startKmsStub } from "../../local/kms/stub.ts";
import { utf8 } from "../../shared/base/bytes.ts";
import { leafHash } from "../../shared/log/hash.ts";
import { formatVerifierKey } from "../../shared/log/key.ts";
import { formatNote, parseNote } from "../../shared/log/note.ts";
import { createCheckpointKeys } from "../command/kms-keys.ts";

const folder = mkdtempSync(join(tmpdir(), "kms-go-"));
const program = join(folder, "kms-go");

/** Whether the Go program can be built: Go is here, and its one module is in the cache or can be fetched. */
function builds(): boolean {
  try {
    const cwd = fileURLToPath(new URL("./kms-go/", import.meta.url));
    execFileSync("go", ["build", "-o", program, "."], { cwd, stdio: "pipe", timeout: 50_000 });
    return true;
  } catch {
    return false;
  }
}

let stub: KmsStub;
let client: KMSClient;
beforeAll(async () => {
  stub = await startKmsStub({ folder: join(folder, "keys") });
  client = new KMSClient({ ...awsLimits, ...localClientConfig(stub.endpoint) });
});
afterAll(async () => {
  client.destroy();
  await stub.stop();
  rmSync(folder, { recursive: true });
});

describe("Go verifies the checkpoints that KMS signs", () => {
  (builds() ? test : test.skip)("both lines (needs Go and filippo.io/mldsa)", async () => {
    const origin = "peers.example/acme";
    const keys = await createCheckpointKeys(client);
    const checkpoint = { origin, size: 7n, root: leafHash(utf8("x")), extensions: [] };
    const note = await signNote(keys, checkpoint, 1_800_000_000_000_000n);
    const vkeys = (await logKeysOf(keys, origin)).map(formatVerifierKey);
    const verdict = (bytes: Uint8Array): string => {
      writeFileSync(join(folder, "note"), bytes);
      return execFileSync(program, [join(folder, "note"), ...vkeys], { encoding: "utf8" });
    };
    expect(verdict(note)).toBe("01 true\n06 true\n");
    const { text, signatures } = parseNote(note);
    const other = formatNote({ text: text.replace("\n7\n", "\n8\n"), signatures });
    expect(verdict(other)).toBe("01 false\n06 false\n");
    const later = signatures.map((line, at) =>
      at === 1 ? { ...line, signature: line.signature.with(7, 1) } : line,
    );
    expect(verdict(formatNote({ text, signatures: later }))).toBe("01 true\n06 false\n");
  });
});
