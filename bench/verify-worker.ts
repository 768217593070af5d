import { createHash, hash } from "node:crypto";
import { parentPort, workerData } from "node:worker_threads";
import type { LogSource } from "../shared/audit/source.ts";
import { verifyTiles } from "../shared/audit/verify-tiles.ts";
import { equal } from "../shared/base/bytes.ts";
import { parseBundle } from "../shared/log/bundle.ts";
import { hashBytes, leafHashInto } from "../shared/log/hash.ts";
import { bundlePath, newBundles } from "../shared/log/tile.ts";
import { treeOver } from "../shared/log/tree.ts";
import { sampleTree } from "./sample-tree.ts";

/** What a worker is asked to do over its log; it answers with the milliseconds it took. */
export type VerifyTask = "verify" | "one-shot" | "streaming";

const { size, seed }: { size: number; seed: number } = workerData;
const { tree, entries, files } = sampleTree(size, seed);
const paths = Array.from(files.keys(), (path) => `public/${path}`);
const source: LogSource = {
  insurer: "log",
  checkpoint: async () => undefined,
  notes: async () => [],
  read: async (file) => files.get(file.slice("public/".length)),
  files: () => paths,
};

/** What the audit does with a log's bytes: every entry re-hashed, every tile compared, the root. */
async function verify(): Promise<void> {
  const leaves = new Uint8Array(hashBytes * size);
  let done = 0;
  for (const id of newBundles(0n, tree.size)) {
    const bundle = files.get(bundlePath(id)) ?? new Uint8Array(0);
    for (const entry of parseBundle(bundle, id.width)) {
      leafHashInto(entry, leaves, hashBytes * done++);
    }
  }
  const found = treeOver(leaves);
  const findings = await verifyTiles(source, "bench/log", found);
  if (findings.length > 0 || !equal(found.root, tree.root)) throw new Error("bug: not verified");
}

const inputs = entries.map((entry) => Buffer.alloc(1 + entry.length, 1));
const node = Buffer.alloc(65, 1);

/** The same hashes over inputs that lie ready: one per entry, one per inner node. */
function oneShot(): void {
  for (const input of inputs) hash("sha256", input, "hex");
  for (let i = 1; i < size; i++) hash("sha256", node, "hex");
}

const chunk = Buffer.alloc(1 << 20, 1);
const total = inputs.reduce((sum, { length }) => sum + length, 0) + 65 * (size - 1);

/** As many bytes through one hash, a MiB at a time. */
function streaming(): void {
  const stream = createHash("sha256");
  for (let left = total; left > 0; left -= chunk.length) {
    stream.update(left < chunk.length ? chunk.subarray(0, left) : chunk);
  }
  stream.digest();
}

const tasks: Record<VerifyTask, () => void | Promise<void>> = {
  verify,
  "one-shot": oneShot,
  streaming,
};
parentPort?.on("message", async (task: VerifyTask) => {
  const start = performance.now();
  await tasks[task]();
  parentPort?.postMessage(performance.now() - start);
});
parentPort?.postMessage(0);
