import { spawnSync } from "node:child_process";
import { copyFileSync, cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { closeFor, newAuditorKey } from "../../functions/auditor/envelope.ts";
import { closeBundle } from "../../local/bundle/folder.ts";
import type { Item } from "../audit/bundle.ts";
import { honestLog } from "../audit/honest.ts";
import { staff } from "../audit/walk.ts";
import { projectFolder, runDoor } from "../cli/door.ts";
import { nodes } from "../cli/nodes.ts";
import { temporaryFolder } from "../cluster/temporary.ts";
import { type Sent, sent } from "./folder.ts";

/* The auditor's program of one file, in a folder that holds nothing else: no packages, no sources. */
let folder: string;
let whole: Sent;
let long: Sent;
const program = "countersign-audit.mjs";

beforeAll(async () => {
  const built = await runDoor(["build-audit"]);
  expect([built.code, built.stderr]).toEqual([0, ""]);
  folder = temporaryFolder("alone");
  copyFileSync(join(projectFolder, "dist", program), join(folder, program));
  const honest = await honestLog();
  whole = sent(honest.bundle());
  long = sent(honest.rebuilt(longer(honest.walk.items)));
  const pair = await newAuditorKey();
  writeFileSync(join(folder, "auditor.jwk"), JSON.stringify(pair.private));
  for (const [name, { bundle }] of Object.entries({ closed: whole, "closed-long": long })) {
    const closed = join(folder, name);
    cpSync(bundle, closed, { recursive: true });
    const openings = join(closed, "acme", "openings", "000000.jsonl");
    writeFileSync(`${openings}.jwe`, await closeFor(pair.public, readFileSync(openings)));
    rmSync(openings);
    closeBundle(closed);
  }
}, 600_000);
afterAll(() => {
  rmSync(folder, { recursive: true });
  whole.remove();
  long.remove();
});

/** The log's entries, and as many public ones after them as it takes to be read in threads of their own: 1,000 and more. */
function longer(items: readonly Item[]): readonly Item[] {
  const bands = items.find(({ type }) => type === "bands.published");
  const newest = items.at(-1);
  if (!bands || !newest) throw new Error("no bands in the walk");
  const fields = { ...bands.fields, by: staff };
  const again = { ...bands, actor: "person", time: newest.time, fields } as const;
  return [...items, ...Array.from({ length: 1_000 }, () => again)];
}

/** A copy of a bundle in which one byte of a file is another, with a manifest that fits. */
function changed(bundle: string, copy: string, file: (entries: string) => string): string {
  const to = join(folder, copy);
  cpSync(bundle, to, { recursive: true });
  const path = file(join(to, "acme", "public", "tile", "entries"));
  const bytes = readFileSync(path);
  bytes[40] = (bytes[40] ?? 0) ^ 1;
  writeFileSync(path, bytes);
  closeBundle(to);
  return to;
}
const onlyIn = (of: string): string => join(of, readdirSync(of)[0] ?? "");

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

  here("verifies in threads what is long enough for them, and finds one changed byte there", () => {
    for (const more of [[long.bundle], ["closed-long", "--key", "auditor.jwk"]]) {
      const { code, out, err } = run("verify", ...more, "--policy", long.policy, "--json");
      expect([code, err]).toEqual([0, ""]);
      const { ok, entries, decisions, reexecuted } = JSON.parse(out);
      expect([ok, reexecuted, entries > 1_000]).toEqual([true, decisions, true]);
      expect(decisions).toBeGreaterThan(0);
    }
    const copy = changed(long.bundle, `changed-long-${major}`, (of) => join(of, "001"));
    const { code, out } = run("verify", copy, "--policy", long.policy);
    expect([code, out]).toEqual([1, expect.stringContaining("note-differs")]);
  });

  here("finds one changed byte, makes keys, and says how it is used", () => {
    const copy = changed(whole.bundle, `changed-${major}`, (of) => onlyIn(join(of, "000.p")));
    const { code, out } = run("verify", copy, "--policy", whole.policy);
    expect([code, out]).toEqual([1, expect.stringContaining("note-differs")]);
    expect(run("key", `mine-${major}`).code).toBe(0);
    const usage = run();
    expect([usage.code, usage.err]).toEqual([2, expect.stringContaining(`node ${program} verify`)]);
    expect(usage.err).not.toMatch(/export|witness/);
    expect(run("witness", "--policy", whole.policy).code).toBe(2);
  });
});
