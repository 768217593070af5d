import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { projectFolder } from "../cli/door.ts";
import { nodes } from "../cli/nodes.ts";
import { installPackage, readmePrograms } from "./installed.ts";

/* The library package in a folder of its own: the tarball of `npm run pack`, installed by npm with no registry in reach. */
let installed: string;
beforeAll(async () => {
  installed = await installPackage();
});
afterAll(() => rmSync(dirname(installed), { recursive: true, force: true }));

function run(node: string, program: string) {
  const file = join(installed, "program.js");
  writeFileSync(file, program);
  const { status, stdout, stderr } = spawnSync(node, [file], { cwd: installed, encoding: "utf8" });
  return { status, stdout, stderr };
}

describe.each(["v20", "v24"])("under Node %s", (major) => {
  const [version, node] =
    Array.from(nodes()).find(([found]) => found.startsWith(`${major}.`)) ?? [];
  const here = node === undefined ? test.skip : test;

  here(`the README's programs verify (${version ?? "not on this machine's PATH"})`, () => {
    const receipt = readFileSync(join(installed, "claim.tlog-proof"), "utf8");
    const [, index] = /^index (\d+)$/m.exec(receipt) ?? [];
    const [, origin, size] = /\n\n(.+)\n(\d+)\n/.exec(receipt) ?? [];
    const [first = "", second = ""] = readmePrograms(installed);
    expect(run(node ?? "", first)).toEqual({
      status: 0,
      stdout: `claim.decided is entry ${index} of ${size} in ${origin}\n`,
      stderr: "",
    });
    expect(run(node ?? "", second)).toEqual({ status: 0, stdout: "true true\n", stderr: "" });
    process.stdout.write(`countersign's package verified a receipt under Node ${version}\n`);
  });

  here("a receipt with one digit changed is refused, by name", () => {
    const [program = ""] = readmePrograms(installed);
    const moved = program.replace(
      'readFileSync("claim.tlog-proof")',
      'Buffer.from(readFileSync("claim.tlog-proof", "latin1").replace("index 7", "index 6"), "latin1")',
    );
    expect(moved).not.toBe(program);
    const { status, stderr } = run(node ?? "", moved);
    expect(status).toBe(1);
    expect(stderr).toContain("Error: not-included: ");
  });
});

test("it brings its rooms' packages and what these need, no more", () => {
  const modules = join(installed, "node_modules");
  const names = readdirSync(modules).filter((name) => !name.startsWith("."));
  const noble = readdirSync(join(modules, "@noble"));
  expect(names.sort()).toEqual([
    "@noble",
    "canonicalize",
    "countersign",
    "ibantools",
    "ion-hash-js",
    "ion-js",
    "zod",
  ]);
  expect(noble.sort()).toEqual(["ciphers", "curves", "hashes", "post-quantum"]);
});

test("its declarations hold up for a strict caller, and refuse a number where a bigint belongs", () => {
  const check = (size: string) => {
    const program = `import { type Checkpoint, leafHash } from "countersign/log";
import { verifyInclusion, type VerifiedReceipt, verifyReceipt } from "countersign/proof";
const hash: Uint8Array = leafHash(new Uint8Array(1));
export const held: boolean = verifyInclusion({ leafHash: hash, index: 0n, size: ${size}, proof: [], root: hash });
export const read: typeof verifyReceipt = verifyReceipt;
export const sizeOf = (receipt: VerifiedReceipt): Checkpoint["size"] => receipt.checkpoint.size;
`;
    writeFileSync(join(installed, "caller.ts"), program);
    const tsc = join(projectFolder, "node_modules", "typescript", "bin", "tsc");
    const strict = ["--strict", "--noEmit", "--target", "es2022", "--module", "nodenext"];
    const args = [tsc, ...strict, "--types", "", "caller.ts"];
    return spawnSync(process.execPath, args, { cwd: installed, encoding: "utf8" });
  };
  const { status, stdout } = check("1n");
  expect({ status, stdout }).toEqual({ status: 0, stdout: "" });
  expect(check("1").stdout).toContain("Type 'number' is not assignable to type 'bigint'");
});
