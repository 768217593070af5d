import { spawnSync } from "node:child_process";
import { copyFileSync, cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { closeFor, newAuditorKey } from "../../local/bundle/envelope.ts";
import { closeBundle } from "../../local/bundle/folder.ts";
import { honestLog } from "../audit/honest.ts";
import { projectFolder, runDoor } from "../cli/door.ts";
import { nodes } from "../cli/nodes.ts";
import { temporaryFolder } from "../cluster/temporary.ts";
import { type Sent, sent } from "./folder.ts";

/* The auditor's program of one file, in a folder that holds nothing else: no packages, no sources. */
let folder: string;
let whole: Sent;
const program = "countersign-audit.mjs";

beforeAll(async () => {
  const built = await runDoor(["build-audit"]);
  expect([built.code, built.stderr]).toEqual([0, ""]);
  folder = temporaryFolder("alone");
  copyFileSync(join(projectFolder, "dist", program), join(folder, program));
  whole = sent((await honestLog()).bundle());
  const pair = await newAuditorKey();
  writeFileSync(join(folder, "auditor.jwk"), JSON.stringify(pair.private));
  const closed = join(folder, "closed");
  cpSync(whole.bundle, closed, { recursive: true });
  const openings = join(closed, "acme", "openings", "000000.jsonl");
  writeFileSync(`${openings}.jwe`, await closeFor(pair.public, readFileSync(openings)));
  rmSync(openings);
  closeBundle(closed);
}, 60_000);
afterAll(() => {
  rmSync(folder, { recursive: true });
  whole.remove();
});

describe.each(["v20", "v24"])("the audit in one file under Node %s", (major) => {
  const [version, node = ""] =
    Array.from(nodes()).find(([found]) => found.startsWith(`${major}.`)) ?? [];
  const here = node === "" ? test.skip : test;
  const run = (...args: string[]) => {
    const env = { PATH: "" };
    const ended = spawnSync(node, [program, ...args], { cwd: folder, encoding: "utf8", env });
    return { code: ended.status, out: ended.stdout, err: ended.stderr };
  };

  here(`verifies bundles, plain and closed (${version ?? "not on this machine's PATH"})`, () => {
    for (const more of [[whole.bundle], ["closed", "--key", "auditor.jwk"]]) {
      const { code, out, err } = run("verify", ...more, "--policy", whole.policy, "--json");
      expect([code, err]).toEqual([0, ""]);
      const { ok, decisions, reexecuted } = JSON.parse(out);
      expect([ok, reexecuted]).toEqual([true, decisions]);
      expect(decisions).toBeGreaterThan(0);
    }
    expect(run("verify", "closed").code).toBe(2);
    process.stdout.write(`the audit in one file verified two bundles under Node ${version}\n`);
  });

  here("finds one changed byte, makes keys, and says how it is used", () => {
    const changed = join(folder, `changed-${major}`);
    cpSync(whole.bundle, changed, { recursive: true });
    const tiles = join(changed, "acme", "public", "tile", "entries", "000.p");
    const file = join(tiles, readdirSync(tiles)[0] ?? "");
    const bytes = readFileSync(file);
    bytes[40] = (bytes[40] ?? 0) ^ 1;
    writeFileSync(file, bytes);
    closeBundle(changed);
    const { code, out } = run("verify", changed, "--policy", whole.policy);
    expect([code, out]).toEqual([1, expect.stringContaining("note-differs")]);
    expect(run("key", `mine-${major}`).code).toBe(0);
    const usage = run();
    expect([usage.code, usage.err]).toEqual([2, expect.stringContaining(`node ${program} verify`)]);
    expect(usage.err).not.toMatch(/export|witness/);
    expect(run("witness", "--policy", whole.policy).code).toBe(2);
  });
});
