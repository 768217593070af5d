import { hash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { receiptFor } from "../functions/publisher/receipt.ts";
import { folderStore } from "../local/objects/folder.ts";
import { utf8 } from "../shared/base/bytes.ts";
import { formatCheckpoint } from "../shared/log/checkpoint.ts";
import { formatNote } from "../shared/log/note.ts";
import type { Figure } from "./figure.ts";
import { medianOf } from "./rate.ts";
import { sampleTree } from "./sample-tree.ts";

/** Two full levels of tiles, so each proof takes two of them. */
const size = 65_536;
const perRound = 400;
const rounds = 7;

/** In each of the two tiles the roots over its 1, 2, 4 … 128 neighbours; then 16 hashes from the leaf to the root. */
const nodesPerProof = 2 * (255 - 8) + 16;

/**
 * Inclusion proofs as receipts need them: made of the published files, each checked against the checkpoint before it is given out. One thread.
 */
export async function proofs(): Promise<Figure> {
  const { tree, entries, files } = sampleTree(size, 1);
  const folder = mkdtempSync(join(tmpdir(), "countersign-bench-"));
  try {
    const published = folderStore(folder, { durable: false });
    for (const [path, bytes] of files) {
      if (path.startsWith("tile/entries/")) continue;
      await published.putIfAbsent(`log/${path}`, bytes);
    }
    const text = formatCheckpoint({
      origin: "bench/log",
      size: tree.size,
      root: tree.root,
      extensions: [],
    });
    const line = { name: "bench/log", keyId: 1, signature: new Uint8Array(64) };
    await published.putIfAbsent("log/checkpoint", formatNote({ text, signatures: [line] }));
    const node = utf8("n".repeat(65));
    const turns: { value: number; limit: number }[] = [];
    for (let round = 0; round <= rounds; round++) {
      let start = performance.now();
      for (let i = 0; i < perRound; i++) {
        const index = (i * 40_503 + round * 7_919) % size;
        const record = entries[index] ?? node;
        const proof = await receiptFor(published, "log", BigInt(index), record);
        if (proof === "pending" || proof.hashes.length !== 16) throw new Error("bug: no proof");
      }
      const value = (perRound * 1000) / (performance.now() - start);
      start = performance.now();
      for (let i = 0; i < perRound * nodesPerProof; i++) hash("sha256", node, "hex");
      const limit = (perRound * 1000) / (performance.now() - start);
      if (round > 0) turns.push({ value, limit });
    }
    return {
      name: "log.proofs",
      value: medianOf(turns.map(({ value }) => value)),
      unit: "proofs/s",
      limitName: `one-shot crypto.hash of the ${nodesPerProof} nodes of 65 B each proof from tiles takes`,
      limit: medianOf(turns.map(({ limit }) => limit)),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
