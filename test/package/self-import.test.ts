import { execFileSync } from "node:child_process";
import { expect, test } from "@jest/globals";
import { projectFolder } from "../cli/door.ts";

const program = `
import { leafHash, Malformed, parseNote } from "countersign/log";
import { proveInclusion, verifyInclusion } from "countersign/proof";
const leaves = ["a", "b", "c"].map((text) => leafHash(new TextEncoder().encode(text)));
const { root } = { root: (await import("countersign/log")).treeOf(leaves).root };
const claim = { leafHash: leaves[1], index: 1n, size: 3n, proof: proveInclusion(leaves, 1n), root };
const { client, routes } = await import("countersign/client");
const api = client(routes, { baseUrl: "", fetch: async () => Response.json({ message: "Unauthorized" }, { status: 401 }) });
const { ok, problem } = await api.readClaim({ params: { id: "0".repeat(32) } });
const { ionHash, readIon } = await import("countersign/qldb");
if (ionHash(readIon("1", "one")).length !== 32) throw new Error("no hash");
let kind;
try { parseNote(new Uint8Array(3)); } catch (error) { kind = error instanceof Malformed; }
console.log(verifyInclusion(claim), verifyInclusion({ ...claim, index: 2n }), kind, ok, problem.title);
`;

test("countersign/log, countersign/proof, countersign/client and countersign/qldb are imported by name in the clone, with nothing built", () => {
  const args = ["--disable-warning=ExperimentalWarning", "--input-type=module", "--eval", program];
  const output = execFileSync(process.execPath, args, { cwd: projectFolder, encoding: "utf8" });
  expect(output).toBe("true false true false Unauthorized\n");
});
