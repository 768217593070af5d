import { execFileSync } from "node:child_process";
import { expect, test } from "@jest/globals";
import { projectFolder } from "../cli/door.ts";

const program = `
import { leafHash, Malformed, parseNote } from "countersign/log";
import { proveInclusion, verifyInclusion } from "countersign/proof";
const leaves = ["a", "b", "c"].map((text) => leafHash(new TextEncoder().encode(text)));
const { root } = { root: (await import("countersign/log")).treeOf(leaves).root };
const claim = { leafHash: leaves[1], index: 1n, size: 3n, proof: proveInclusion(leaves, 1n), root };
let kind;
try { parseNote(new Uint8Array(3)); } catch (error) { kind = error instanceof Malformed; }
console.log(verifyInclusion(claim), verifyInclusion({ ...claim, index: 2n }), kind);
`;

test("countersign/log and countersign/proof are imported by name in the clone, with nothing built", () => {
  const args = ["--disable-warning=ExperimentalWarning", "--input-type=module", "--eval", program];
  const output = execFileSync(process.execPath, args, { cwd: projectFolder, encoding: "utf8" });
  expect(output).toBe("true false true\n");
});
