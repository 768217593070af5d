import { execFile, execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { personToken } from "../../local/issuer/ask.ts";
import { type Platform, startPlatform } from "../../local/platform/start.ts";
import { removeCluster } from "../../local/postgres/place.ts";
import { client, routes } from "../../shared/api/client/index.ts";
import { exampleSubmission } from "../../shared/api/example.ts";
import { claimBodySchema } from "../../shared/api/routes/claimant.ts";
import { routeTable } from "../../shared/api/routes.ts";

/* Schemathesis asks the running platform what /openapi.json says it may be asked, and holds each answer against it. */
const folder = mkdtempSync(join(tmpdir(), "countersign-schemathesis-"));
const bin = join(folder, "venv", process.platform === "win32" ? "Scripts" : "bin");
const secondsAtMost = "45";

function installed(): boolean {
  try {
    execFileSync("python3", ["-m", "venv", join(folder, "venv")], { stdio: "ignore" });
    const pip = ["-m", "pip", "install", "--quiet", "schemathesis==4.32.5"];
    execFileSync(join(bin, "python"), pip, { stdio: "ignore", timeout: 300_000 });
    return true;
  } catch {
    return false;
  }
}

const here = installed();
let platform: Platform | undefined;
beforeAll(async () => {
  if (!here) return;
  const options = { folder, port: 0, issuerPort: 0, databaseUrl: undefined, endsWithUs: true };
  platform = await startPlatform({ ...options, log: () => {} });
});
afterAll(async () => {
  await platform?.stop();
  if (platform) removeCluster(join(folder, "postgres"));
  rmSync(folder, { recursive: true, force: true });
});

/** The committed configuration with what is there on this platform: tokens, and a claim of its own. */
async function configuration({ url, issuerUrl, insurer, seed }: Platform): Promise<string> {
  const token = (name: string) => personToken(issuerUrl, name);
  const who = ["amina", "bruno", "carla", "rita", "ulla", "olga"];
  const [claimant, adjuster, auditor, releaser, underwriter, operator] = await Promise.all(
    who.map(token),
  );
  const api = client(routes, { baseUrl: url, token: claimant ?? "", fetch });
  const body = claimBodySchema.parse({ ...exampleSubmission, insurer, policy: seed.policy });
  const sent = await api.submitClaim({ body, idempotencyKey: "schemathesis" });
  if (!sent.ok) throw new Error(sent.problem.title);
  const { claim, record } = sent.value;
  await settled(async () => {
    const read = await api.readClaim({ params: { id: claim } });
    return read.ok && read.value.status !== "submitted";
  });
  const tagOf = async (path: string) => {
    const headers = { authorization: `Bearer ${claimant}` };
    const tag = (await fetch(`${url}${path}`, { headers })).headers.get("etag");
    if (tag === null) throw new Error(`${path} has no tag`);
    return tag;
  };
  const known: Record<string, string> = {
    ...{ CLAIMANT: claimant ?? "", ADJUSTER: adjuster ?? "", AUDITOR: auditor ?? "" },
    ...{ RELEASER: releaser ?? "", UNDERWRITER: underwriter ?? "", OPERATOR: operator ?? "" },
    ...{ INSURER: insurer, CLAIM: claim, POLICY: seed.policy, LEAF: record.leafHash },
    ...{ CLAIMTAG: await tagOf(`/claims/${claim}`) },
    ...{ POLICYTAG: await tagOf(`/policies/${seed.policy}`) },
  };
  const committed = fileURLToPath(new URL("schemathesis.toml", import.meta.url));
  return readFileSync(committed, "utf8").replaceAll(/\$\{([A-Z]+)\}/g, (_, name) => {
    const value = known[name];
    if (value === undefined) throw new Error(`nobody knows ${name}`);
    return value;
  });
}

/** Waits until the platform has done by itself what it will: from then on a tag stands until somebody acts. */
async function settled(done: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 600; tries++) {
    if (await done()) return;
    await setTimeout(100);
  }
  throw new Error("the claim is not adjudicated");
}

function run(args: readonly string[]): Promise<{ readonly status: number; readonly said: string }> {
  return new Promise((resolve) => {
    const options = { cwd: folder, encoding: "utf8", maxBuffer: 64 * 1024 * 1024 } as const;
    execFile(join(bin, "schemathesis"), args, options, (error, stdout, stderr) => {
      const status = error === null ? 0 : Number(error.code ?? 1);
      resolve({ status, said: `${stdout}${stderr}` });
    });
  });
}

// Skipped: without Python 3 and PyPI there is no Schemathesis.
(here ? describe : describe.skip)("Schemathesis (skipped without it)", () => {
  test("finds no 5xx and no answer that the document does not know", async () => {
    if (!platform) throw new Error("no platform");
    const file = join(folder, "schemathesis.toml");
    writeFileSync(file, await configuration(platform));
    const document = `${platform.url}/openapi.json`;
    const args = ["--config-file", file, "run", "--max-time", secondsAtMost, document];
    const { status, said } = await run(args);
    const found = said.slice(said.search(/={3,} (FAILURES|ERRORS) ={3,}|={3,} SUMMARY ={3,}/));
    expect([status, status === 0 ? "" : found]).toEqual([0, ""]);
    expect(said).toMatch(new RegExp(`Tested: ${routeTable.length}\\b`));
    const lines = readFileSync(join(folder, "requests.log"), "utf8").trim().split("\n");
    const answered = lines
      .map(
        (line) =>
          JSON.parse(line) as { message: string; route: string; status: number; undeclared?: true },
      )
      .filter(({ message }) => message === "request");
    expect(answered.filter((line) => line.status >= 500 || line.undeclared)).toEqual([]);
    // It came past the door: things that are there were read, and commands were judged.
    const reached = new Set(answered.filter((line) => line.status < 300).map(({ route }) => route));
    expect([...reached]).toEqual(
      expect.arrayContaining([
        "GET /claims/{id}",
        "GET /insurers/{insurer}/claims",
        "GET /records/{leafHash}/receipt",
        "POST /claims",
        "POST /insurers/{insurer}/drafts",
      ]),
    );
    // With the claim's own tag an adjuster's acts come as far as the claim: done, or refused for what they are.
    const acts =
      /^(POST|PUT) \/claims\/\{id\}\/(assignment|acknowledgement|closing|decisions|information-requests|payouts|reopening|reserve|payee)$/;
    const judged = answered.filter(
      (line) => acts.test(line.route) && [200, 201, 409, 422].includes(line.status),
    );
    expect(judged.length).toBeGreaterThan(0);
  });
});
