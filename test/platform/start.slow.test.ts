import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { removeCluster } from "../../local/postgres/place.ts";
import { packBytes, readPack } from "../../shared/coverage/pack.ts";
import { xiangHuBao2 } from "../../shared/coverage/packs.ts";
import { ended, openFolder, projectFolder, runDoor } from "../cli/door.ts";
import { quietPort } from "../cluster/quiet-port.ts";
import { readPage } from "../docs/pages.ts";
import { Amina } from "./caller.ts";
import { left, mainPid, postmasterPid, type Running, start } from "./running.ts";

/* `npm start` as a person uses it: what it prints, Ctrl-C, a second start, a taken port, a warm start. */
let folder: string;
let running: Running;
let amina: Amina;
beforeAll(async () => {
  folder = openFolder("start");
  running = await start(folder);
  amina = new Amina(running);
});
afterAll(async () => {
  await running?.stop();
  removeCluster(join(folder, "postgres"));
  rmSync(folder, { recursive: true, force: true });
});

/** The lines a person pastes: one after each numbered heading. */
function pasted(): string[] {
  return [...running.printed().matchAll(/^ {2}\d\. .*\n(.+)$/gm)].map(([, line = ""]) => line);
}

function bash(script: string) {
  const { DATABASE_URL: _, ...env } = process.env;
  const path = `${join(projectFolder, "node_modules", ".bin")}:${env.PATH ?? ""}`;
  const child = spawn("bash", ["-e", "-o", "pipefail", "-c", script], {
    cwd: projectFolder,
    env: { ...env, PATH: path },
    stdio: ["ignore", "pipe", "pipe"],
  });
  return ended(child);
}

// First of all: what is pasted below claims the whole of the policy's limit, and whatever comes after it is referred.
test("rules shadow holds a pack against the decisions of the platform while it runs", async () => {
  const sent = await amina.submit("in-the-shadow");
  const status = async (): Promise<string> =>
    (await amina.ask("GET", `/claims/${sent.claim}`)).json.status;
  while (["submitted", "acknowledged"].includes(await status())) await sleep(200);
  expect(await status()).toBe("decided");
  // A later record that is covered: so is the decision.
  await amina.receipt(await amina.submit("after-the-shadowed"));
  const rules = xiangHuBao2.rules.map((rule) =>
    rule.id === "benefit" ? { ...rule, amount: "claim.claimed - 10" } : rule,
  );
  const file = join(folder, "next.json");
  writeFileSync(file, packBytes(readPack({ ...xiangHuBao2, rules, cases: [] })));
  const shadow = (...more: string[]) =>
    runDoor(["rules", "shadow", file, "--data", folder, ...more]);
  const { code, stdout, stderr } = await shadow("--json");
  expect({ code, stderr }).toEqual({ code: 1, stderr: "" });
  const { changes, findings, notCompared } = JSON.parse(stdout);
  expect({ findings, notCompared }).toMatchObject({ findings: 0, notCompared: { withheld: 0 } });
  expect(changes.find(({ claim }: { claim: string }) => claim === sent.claim)).toMatchObject({
    origin: "local.countersign.example/example-mutual",
    from: { outcome: "PAY", amount: "1.00", reasonCode: "BENEFIT_BY_AGE" },
    to: { outcome: "PAY_PART", amount: "0.90", reasonCode: "BENEFIT_BY_AGE" },
    difference: "-0.10",
  });
  expect((await shadow()).stdout).toMatch(
    new RegExp(`^${sent.claim} .* 1\\.00 .* 0\\.90 +-0\\.10 CNY$`, "m"),
  );
  const nobody = await runDoor(["rules", "shadow", file, "--data", join(folder, "nobody")]);
  expect([nobody.code, nobody.stdout]).toEqual([2, ""]);
  expect(nobody.stderr).toContain(join(folder, "nobody"));
});

describe("what it prints", () => {
  test("is three lines that work as pasted: token, claim, verified receipt", async () => {
    const lines = pasted();
    expect(lines).toHaveLength(3);
    const { code, stdout, stderr } = await bash(lines.join("\n"));
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain('"status":"submitted"');
    expect(stdout).toMatch(/✓ claim\.submitted, version 1 of [0-9a-f]{32}/);
    expect(stdout).toContain(" in local.countersign.example/example-mutual");
    expect(stdout).toMatch(/ {2}witnessed by witness\.countersign\.example at 20\d\d-/);
  });

  test("goes on in docs/first-steps.md, which works as pasted: from a policy to a payment as six people", async () => {
    const blocks = readPage("first-steps.md").matchAll(/^```bash\n([\s\S]*?)^```$/gm);
    const steps = [...blocks].map(([, block]) => block);
    expect(steps).toHaveLength(5);
    const places = { API: running.url, TOKENS: running.issuerUrl, DATA: folder };
    const named = Object.entries(places).map(([name, at]) => `COUNTERSIGN_${name}='${at}'`);
    const { code, stdout, stderr } = await bash([...named, ...steps].join("\n"));
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const [bands, outcome, refused, approved, order, verdict] = stdout.split("\n");
    expect([bands, outcome, refused]).toEqual([
      ...["bands.published", "PAY", "Another person must approve this payout."],
    ]);
    expect([approved, order]).toEqual(["approved", "waiting"]);
    expect(verdict).toMatch(/^✓ claim\.decided, version 2 of [0-9a-f]{32}$/);
  });

  test("names the receipt page, which is served whole and lets itself no network", async () => {
    const [, page = ""] = /^ {2}receipt page {2}(\S+)$/m.exec(running.printed()) ?? [];
    const answer = await fetch(page);
    expect(answer.headers.get("content-type")).toBe("text/html; charset=utf-8");
    const html = await answer.text();
    expect(html).toContain("<h1>Check a receipt</h1>");
    expect(html).toContain(`content="default-src 'none'; script-src 'sha256-`);
    expect(html).not.toMatch(/(src|href)="(?!data:)/);
  });

  test("the third line says so when the receipt is another's or the policy is", async () => {
    const receipt = join(folder, "claim.tlog-proof");
    const audit = (...args: string[]) => runDoor(["audit", "receipt", receipt, ...args]);
    expect((await audit("--policy", running.policyFile)).code).toBe(0);
    const other = join(folder, "other.policy");
    writeFileSync(other, "log other.example/x+12345678+AQ==\nquorum none\n");
    expect((await audit("--policy", other)).code).not.toBe(0);
    expect((await audit("--policy", join(folder, "absent.policy"))).code).toBe(2);
  });
});

describe("a start that can't be", () => {
  test("on data that is in use says who uses it, and leaves that one alone", async () => {
    const { code, stdout, stderr } = await runDoor(["local", "--port", "0", "--data", folder]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toBe(`${folder} is in use by process ${mainPid(folder)}: stop that one first\n`);
    expect((await amina.submit("still-there")).claim).toMatch(/^[0-9a-f]{32}$/);
  });

  test.each(["the API's", "the token issuer's"])(
    "because %s port is taken is one sentence and leaves nothing running",
    async (whose) => {
      // The one below it has to be free: only it is the API's, where the issuer's is this one.
      const port = 1 + (await quietPort(2));
      const taken = createServer().listen(port, "127.0.0.1");
      await once(taken, "listening");
      const wanted = whose === "the API's" ? port : port - 1;
      const other = openFolder("taken");
      try {
        const args = ["local", "--port", String(wanted), "--data", other];
        const { code, stdout, stderr } = await runDoor(args);
        expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
        expect(stderr.trim().split("\n")).toEqual([
          expect.stringMatching(new RegExp(`port ${port} on 127\\.0\\.0\\.1 is taken by another`)),
        ]);
        expect(() => postmasterPid(other)).toThrow("ENOENT");
      } finally {
        await new Promise((resolve) => taken.close(resolve));
        removeCluster(join(other, "postgres"));
        rmSync(other, { recursive: true, force: true });
      }
    },
  );

  test.each([
    [["--port", "70000"], /--port is a number/],
    [["--port", "-1"], /--port/],
    [["--prot", "1"], /--prot/],
    [["somewhere"], /usage/],
  ])("with the arguments %j is a usage message, exit 2", async (args, said) => {
    const { code, stdout, stderr } = await runDoor(["local", ...args]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(said);
    expect(stderr).not.toContain("    at ");
  });

  test("in a place that is a file, or below one, is one sentence", async () => {
    const file = join(folder, "a-file");
    writeFileSync(file, "");
    for (const place of [file, join(file, "below")]) {
      const { code, stderr } = await runDoor(["local", "--port", "0", "--data", place]);
      expect(code).toBe(2);
      expect(stderr).toContain(place);
      expect(stderr).not.toContain("    at ");
    }
  });
});

describe("Ctrl-C", () => {
  test("ends it with exit 0 and no process; a warm start has the claim, and its receipt verifies", async () => {
    const sent = await amina.submit("before-stop");
    const before = await amina.receipt(sent);
    const pids = [mainPid(folder), postmasterPid(folder), running.door.pid ?? 0];
    expect(await running.stop()).toBe(0);
    expect(await left(pids)).toEqual([]);
    running = await start(folder);
    amina.meet(running);
    const { json } = await amina.ask("GET", `/claims/${sent.claim}`);
    expect(json.claim).toBe(sent.claim);
    const after = await amina.receipt(sent);
    expect(after.index).toBe(before.index);
    expect(after.checkpoint.size).toBeGreaterThanOrEqual(before.checkpoint.size);
    expect((await amina.receipt(await amina.submit("after-stop"))).index).toBeGreaterThan(
      before.index,
    );
  });

  test("with nobody left who reads what it prints is no failure", async () => {
    running.door.stdout?.destroy();
    running.door.stderr?.destroy();
    expect(await running.stop()).toBe(0);
    running = await start(folder);
    amina.meet(running);
  });

  test("while requests run answers each of them or closes its connection, and loses none it acknowledged", async () => {
    const sending = Array.from({ length: 20 }, (_, i) =>
      amina.submit(`stopping-${i}`).catch(() => undefined),
    );
    await sending[0];
    expect(await running.stop()).toBe(0);
    const acknowledged = (await Promise.all(sending)).filter((sent) => sent !== undefined);
    running = await start(folder);
    amina.meet(running);
    for (const { claim } of acknowledged) {
      expect((await amina.ask("GET", `/claims/${claim}`)).status).toBe(200);
    }
  });
});

test("it runs from a folder with a space, a quote and 150 characters in its path, under umask 077", async () => {
  const outer = openFolder("odd");
  const odd = join(outer, `it's a ${"long ".repeat(24)}path`);
  mkdirSync(odd);
  chmodSync(odd, 0o711);
  const before = process.umask(0o077);
  try {
    const there = await start(odd);
    process.umask(before);
    const lines = [...there.printed().matchAll(/^ {2}\d\. .*\n(.+)$/gm)].map(([, line]) => line);
    try {
      const { code, stdout } = await bash(lines.join("\n"));
      expect(stdout).toContain("✓ claim.submitted");
      expect(code).toBe(0);
    } finally {
      expect(await there.stop()).toBe(0);
    }
  } finally {
    process.umask(before);
    removeCluster(join(odd, "postgres"));
    rmSync(outer, { recursive: true, force: true });
  }
});
