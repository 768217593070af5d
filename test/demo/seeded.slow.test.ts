import { spawn } from "node:child_process";
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { verifierKey } from "../../shared/log/key.ts";
import { formatPolicy } from "../../shared/log/policy-file.ts";
import { ask } from "../auditor/folder.ts";
import { type Ended, ended, openFolder, projectFolder, runDoor } from "../cli/door.ts";
import { addsUp, auditAnswer, demoAnswer, expectInOrder, oneLine } from "./answer.ts";

/* `npm run demo -- --attack --json` on the project's own portfolio, once, and what an auditor does with its bundle. */
let folder: string;
let bundle: string;
let policies: string;
let run: Ended;
beforeAll(async () => {
  folder = openFolder("seeded");
  bundle = join(folder, "bundle");
  policies = `${bundle}.policy`;
  run = await runDoor([
    "demo",
    "--json",
    "--attack",
    "--out",
    bundle,
    "--work",
    join(folder, "work"),
  ]);
}, 600_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const insurer = "xiang-hu-bao-demo";
const origin = `demo.countersign.example/${insurer}`;
/** A trust policy for the log `name` under a key nobody here signs with. */
const policyOf = (name: string): Uint8Array => {
  const key = verifierKey(name, "ed25519", new Uint8Array(32).fill(9));
  return formatPolicy({ logs: [{ key }], witnesses: [], groups: [], quorum: "none" });
};
const verify = (...args: string[]) => runDoor(["audit", "verify", ...args]);
/** Whose keys signed and which policy goes with which log show in the public part: no act is made again for it. */
const verifyPublic = (...args: string[]) => verify(...args, "--public");
const pairing = (other: string) => verifyPublic(bundle, "--policy", other, "--json");
const findingsOf = ({ stdout }: Ended) =>
  oneLine(auditAnswer, stdout).findings.map(({ origin, code }) => `${origin} ${code}`);

describe("the demo", () => {
  test("prints one object on one line, keeps quiet otherwise, and leaves with 0", () => {
    const { code, stdout, stderr } = run;
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(oneLine(demoAnswer, stdout)).toBeTruthy();
    expect(JSON.stringify(JSON.parse(stdout))).toBe(stdout.trimEnd());
  });

  test("adds up to the portfolio's known sums", () => {
    const { logs, transactions, seconds, audit, attack, ...sums } = oneLine(demoAnswer, run.stdout);
    expect(sums).toEqual({
      claims: 1_000,
      claimed: "242600020.00",
      approved: { count: 786, amount: "165550020.00", inFull: 716, inPart: 70, atZero: 0 },
      denied: {
        count: 214,
        reasons: {
          NOT_COVERED: 100,
          WAITING_PERIOD: 60,
          ELIGIBILITY_UNVERIFIED: 49,
          INSUFFICIENT_EVIDENCE: 5,
        },
      },
      payouts: { count: 786, settled: "165550020.00" },
      breaks: { injected: 0, found: 0 },
      rejectedRows: 0,
    });
    expect(logs).toEqual([{ origin, size: audit.entries, root: logs[0]?.root }]);
    expect(transactions).toBeGreaterThan(3 * 1_000);
    expect(seconds).toBeGreaterThan(1);
  });

  test("is audited: anchored, true, and every decision ended in one way", () => {
    const { audit } = oneLine(demoAnswer, run.stdout);
    expect(audit).toMatchObject({ ok: true, anchored: true, withheld: 0, erased: 0, holes: 0 });
    expect(audit.reexecuted).toBe(audit.decisions);
    expect(addsUp(audit)).toBe(true);
    expect(addsUp({ ...audit, holes: 1 })).toBe(false);
  });

  test("has both attacks caught: a changed amount by replay, a re-made history by the notes", () => {
    const { attack } = oneLine(demoAnswer, run.stdout);
    expect(attack).toMatchObject([
      { caught: true, by: "replay" },
      { caught: true, by: "note" },
    ]);
  });

  test("leaves a closed bundle, its policies beside it and none inside", () => {
    const files = readdirSync(bundle, { recursive: true }).map(String);
    expect(readdirSync(bundle).sort()).toEqual(["manifest", insurer]);
    expect(readdirSync(join(bundle, insurer)).sort()).toEqual(["openings", "public"]);
    expect(files.filter((file) => /policy|require/.test(file))).toEqual([]);
    expect(readdirSync(policies).sort()).toEqual([`${insurer}.policy`, `${insurer}.require`]);
  });
});

describe("the COVID-19 story", () => {
  const letter = (name: string): string => readFileSync(join(`${bundle}.letters`, name), "utf8");
  const flat = (name: string): string => letter(name).replace(/\s+/g, " ");

  test("is told by letters: referred under version 1, paid under version 2", () => {
    expect(flat("covid-19-1.txt")).toContain("version 1). No person took part.");
    expect(flat("covid-19-1.txt")).toContain("What made it go to a person, EVENT_NOT_COVERED");
    expect(flat("covid-19-2.txt")).toContain("We pay 100,000.00 CNY, all that was claimed.");
    expect(flat("covid-19-2.txt")).toContain("date of first diagnosis: 28 January 2020");
    expect(flat("covid-19-2.txt")).toContain("This decision replaces the one in record 2");
  });

  test("and a claim in the waiting period: what would have paid, then a simulated adjuster's denial", () => {
    expect(flat("refused-1.txt")).toMatch(/would be paid if the date of first diagnosis were/);
    expect(flat("refused-2.txt")).toContain("We do not pay: a person has refused the claim.");
    expect(flat("refused-2.txt")).toContain("A SIMULATED person");
    expect(flat("paid-in-part-1.txt")).toMatch(
      /We pay 100,000.00 CNY of the 300,000.00 CNY claimed/,
    );
  });
});

describe("an auditor with the trust policies", () => {
  test("finds the bundle true, with the numbers and the root the demo printed", async () => {
    const { code, stdout, stderr } = await verify(bundle, "--policy", policies, "--json");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const { findings, logs, ...audit } = oneLine(auditAnswer, stdout);
    expect(findings).toEqual([]);
    const demo = oneLine(demoAnswer, run.stdout);
    expect({ logs, audit }).toEqual({ logs: demo.logs, audit: demo.audit });
  });

  test("may name the one policy file instead of its folder", async () => {
    const { code, stdout } = await verifyPublic(
      bundle,
      "--policy",
      join(policies, `${insurer}.policy`),
    );
    expect(code).toBe(0);
    expect(stdout).not.toContain("UNANCHORED");
    expect(stdout).toMatch(/✓ [\d,]+ entries verified\n$/);
  });

  test("finds what the attacks changed, each at its entry, in order, and leaves with 1", async () => {
    const { code, stdout } = await verify(`${bundle}-attacked`, "--policy", policies, "--json");
    expect(code).toBe(1);
    const { ok, anchored, findings } = oneLine(auditAnswer, stdout);
    expect([ok, anchored]).toEqual([false, true]);
    expectInOrder(findings);
    const at = /entry (\d+)/.exec(oneLine(demoAnswer, run.stdout).attack?.[0]?.changed ?? "")?.[1];
    expect(findings).toContainEqual(
      expect.objectContaining({ origin, index: at, code: "decision-differs" }),
    );
    expect(findings.some(({ code }) => code === "note-differs")).toBe(true);
  });

  test.each([
    ["", 0],
    ["-attacked", 1],
  ])(
    "leaves with the verdict though nobody reads it to its end: bundle%s, %i",
    async (which, verdict) => {
      const script = `"$@" | true; exit "\${PIPESTATUS[0]}"`;
      const door = [process.execPath, "bin/door.mjs", "audit", "verify", `${bundle}${which}`];
      const args = [...door, "--policy", policies, "--public"];
      const child = spawn("bash", ["-c", script, "bash", ...args], {
        cwd: projectFolder,
        stdio: ["ignore", "pipe", "pipe"],
      });
      expect(await ended(child)).toEqual({ code: verdict, stdout: "", stderr: "" });
    },
  );

  test("finds a missing policy, an extra policy, and a log without one", async () => {
    const other = join(folder, "policies");
    cpSync(policies, other, { recursive: true });
    const acme = "demo.countersign.example/acme";
    writeFileSync(join(other, "acme.policy"), policyOf(acme));
    const extra = await pairing(other);
    expect(extra.code).toBe(1);
    expect(findingsOf(extra)).toEqual(["demo.countersign.example/acme log-missing"]);
    rmSync(join(other, `${insurer}.policy`));
    const wrong = await pairing(other);
    expect(wrong.code).toBe(1);
    expect(findingsOf(wrong)).toEqual([
      "demo.countersign.example/acme log-missing",
      `${origin} policy-missing`,
    ]);
    rmSync(join(other, "acme.policy"));
    const none = await pairing(other);
    expect(none.code).toBe(1);
    expect(findingsOf(none)).toEqual([`${origin} policy-missing`]);
    expect(oneLine(auditAnswer, none.stdout).ok).toBe(false);
  });

  test("does not believe notes of another key under the same name", async () => {
    const other = join(folder, "other-key");
    cpSync(policies, other, { recursive: true });
    const file = join(other, `${insurer}.policy`);
    writeFileSync(file, policyOf(origin));
    const believed = await pairing(other);
    expect(believed.code).toBe(1);
    expect(new Set(findingsOf(believed))).toEqual(
      new Set([`${origin} note-unbelieved`, `${origin} genesis-differs`]),
    );
  });
});

describe("an auditor without a trust policy", () => {
  test("learns of internal consistency only, and whose keys signed", async () => {
    const { code, stdout } = await verifyPublic(bundle);
    expect(code).toBe(0);
    expect(stdout).toContain("UNANCHORED");
    const text = readFileSync(join(policies, `${insurer}.policy`), "utf8");
    const [, keyId] = /\+([0-9a-f]{8})\+/.exec(text) ?? [];
    expect(stdout).toContain(`${origin}+${keyId}`);
    const json = await verifyPublic(bundle, "--json");
    expect(json.code).toBe(0);
    expect(oneLine(auditAnswer, json.stdout)).toMatchObject({ ok: true, anchored: false });
  });

  test("finds the changed decision all the same", async () => {
    const { code, stdout } = await verify(`${bundle}-attacked`);
    expect(code).toBe(1);
    expect(stdout).toContain("UNANCHORED");
    expect(stdout).toContain("decision-differs");
  });
});

describe("exit 2 is for questions that can't be asked", () => {
  const refused = (code: number | null, out: string, err: string): void => {
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err.trim().length).toBeGreaterThan(10);
    expect(err).not.toContain("    at ");
  };

  test.each<[string, () => string[]]>([
    ["no bundle", () => ["verify", join(folder, "absent")]],
    ["a folder without a manifest", () => ["verify", join(bundle, insurer)]],
    ["a file", () => ["verify", join(bundle, "manifest")]],
    ["an absent policy", () => ["verify", bundle, "--policy", join(folder, "absent")]],
    ["a policy that is none", () => ["verify", bundle, "--policy", join(bundle, "manifest")]],
    ["no folder named", () => ["verify"]],
    ["two folders", () => ["verify", bundle, bundle]],
    ["an unknown option", () => ["verify", bundle, "--fast"]],
    ["an option without its value", () => ["verify", bundle, "--policy"]],
    ["an unknown verb", () => ["prove", bundle]],
    ["no verb", () => []],
    ["a receipt without a policy", () => ["receipt", join(bundle, "manifest")]],
  ])("of the audit: %s", async (_, args) => {
    const { code, out, err } = await ask(...args());
    refused(code, out, err);
  });

  test.each<[string, () => string[]]>([
    ["an audit of no bundle", () => ["audit", "verify", join(folder, "absent")]],
    ["an unknown option of the demo", () => ["demo", "--fast"]],
    ["an argument the demo does not take", () => ["demo", "out"]],
    ["a portfolio that is not there", () => ["demo", "--data", join(folder, "absent")]],
    ["a portfolio without its files", () => ["demo", "--data", folder]],
  ])("through its door: %s", async (_, args) => {
    const { code, stdout, stderr } = await runDoor(args());
    refused(code, stdout, stderr);
  });
});

describe("an --out the demo may not write to", () => {
  const stampOf = (path: string) => ({ mtime: statSync(path).mtimeMs, names: readdirSync(path) });

  test.each(["notes.txt", "manifest"])(
    "a folder that holds %s is refused and untouched",
    async (name) => {
      const own = mkdtempSync(join(folder, "own-"));
      writeFileSync(join(own, name), "mine\n");
      const before = stampOf(own);
      const { code, stdout, stderr } = await runDoor(["demo", "--json", "--out", own]);
      expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
      expect(stderr).toBe(`${own} is not empty and holds no bundle: name another --out\n`);
      expect(stampOf(own)).toEqual(before);
      expect(existsSync(`${own}.policy`)).toBe(false);
    },
  );

  test("a bundle with a file of somebody's own beside its manifest is refused too", async () => {
    const own = mkdtempSync(join(folder, "own-"));
    copyFileSync(join(bundle, "manifest"), join(own, "manifest"));
    writeFileSync(join(own, "thesis.tex"), "mine\n");
    expect((await runDoor(["demo", "--out", own])).code).toBe(2);
    expect(readdirSync(own).sort()).toEqual(["manifest", "thesis.tex"]);
  });

  test("DIR-attacked is looked at before the work starts", async () => {
    const out = join(folder, "with-attack");
    const own = mkdtempSync(join(folder, "own-"));
    cpSync(own, `${out}-attacked`, { recursive: true });
    writeFileSync(join(`${out}-attacked`, "notes.txt"), "mine\n");
    expect((await runDoor(["demo", "--attack", "--out", out])).code).toBe(2);
    expect(readdirSync(`${out}-attacked`)).toEqual(["notes.txt"]);
  });

  test("a file is refused", async () => {
    const file = join(folder, "a-file");
    writeFileSync(file, "mine\n");
    expect((await runDoor(["demo", "--out", file])).code).toBe(2);
    expect(readFileSync(file, "utf8")).toBe("mine\n");
  });
});
