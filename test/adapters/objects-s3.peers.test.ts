import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { awsLimits } from "../../functions/adapters/aws-limits.ts";
import { localClientConfig } from "../../functions/adapters/aws-local.ts";
import { s3Store } from "../../functions/adapters/objects/s3.ts";
import { utf8 } from "../../shared/base/bytes.ts";
import { objectStoreContract } from "../contract/objects.ts";

const folder = mkdtempSync(join(tmpdir(), "moto-"));
const bin = join(folder, "venv", process.platform === "win32" ? "Scripts" : "bin");

function installed(): boolean {
  try {
    execFileSync("python3", ["-m", "venv", join(folder, "venv")], { stdio: "ignore" });
    const pip = ["-m", "pip", "install", "--quiet", "moto[server]==5.2.5"];
    execFileSync(join(bin, "python"), pip, { stdio: "ignore", timeout: 300_000 });
    return true;
  } catch {
    return false;
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  return typeof address === "object" && address !== null ? address.port : 0;
}

const here = installed();
let moto: ChildProcess | undefined;
let client: S3Client;
let buckets = 0;

async function bucket(): Promise<string> {
  const name = `bucket-${++buckets}`;
  await client.send(new CreateBucketCommand({ Bucket: name }));
  return name;
}

beforeAll(async () => {
  if (!here) return;
  const port = await freePort();
  const server = ["-m", "moto.server", "-H", "127.0.0.1", "-p", String(port)];
  moto = spawn(join(bin, "python"), server, { stdio: "ignore" });
  const endpoint = `http://127.0.0.1:${port}`;
  client = new S3Client({ ...awsLimits, ...localClientConfig(endpoint), forcePathStyle: true });
  const answers = () =>
    fetch(endpoint).then(
      () => true,
      () => false,
    );
  while (!(await answers())) await sleep(100);
}, 60_000);
afterAll(async () => {
  client?.destroy();
  if (moto?.exitCode === null) {
    moto.kill();
    await once(moto, "exit");
  }
  rmSync(folder, { recursive: true });
});

if (here) {
  objectStoreContract("s3 (moto)", async () => s3Store(client, await bucket(), "log/"));
  objectStoreContract("s3 (moto), pages of 2, whole bucket", async () =>
    s3Store(client, await bucket(), "", { pageSize: 2 }),
  );
}

describe("an S3 store against moto[server] from PyPI", () => {
  (here ? test : test.skip)("sees nothing outside its prefix, nor keys that are none", async () => {
    const name = await bucket();
    const whole = s3Store(client, name, "");
    const log = s3Store(client, name, "log/");
    await whole.putIfAbsent("logs/a", utf8("x"));
    await whole.putIfAbsent("log/b", utf8("x"));
    const keys: string[] = [];
    for await (const key of log.list("")) keys.push(key);
    expect(keys).toEqual(["b"]);
    expect(await log.get("a")).toBeUndefined();
  });
});
