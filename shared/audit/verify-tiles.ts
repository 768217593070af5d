import { equal } from "../base/bytes.ts";
import { bundlePath, fullWidth, newBundles, newTiles, tilePath } from "../log/tile.ts";
import type { Tree } from "../log/tree.ts";
import { type Finding, finding } from "./finding.ts";
import type { LogSource } from "./source.ts";

/** Recomputes every hash tile of `tree` and compares it with the bundle's; a file beside those a log of this size has is a finding. */
export async function verifyTiles(
  source: LogSource,
  origin: string,
  tree: Tree,
): Promise<Finding[]> {
  const findings: Finding[] = [];
  const expected = new Set(newBundles(0n, tree.size).map((id) => `public/${bundlePath(id)}`));
  for (const id of newTiles(0n, tree.size)) {
    const file = `public/${tilePath(id)}`;
    expected.add(file);
    const bytes = await source.read(file);
    const first = id.index * BigInt(fullWidth);
    if (bytes && equal(bytes, tree.subtrees(8 * id.level, first, id.width))) continue;
    const found = bytes ? "other bytes" : "no such file";
    findings.push(finding(origin, "tile-differs", { file }, "the entries' own hashes", found));
  }
  for (const file of source.files()) {
    if (!file.startsWith("public/tile/") || expected.has(file)) continue;
    const what = `only tiles of a log of ${tree.size} entries`;
    findings.push(finding(origin, "file-misplaced", { file }, what, "another tile"));
  }
  return findings;
}
