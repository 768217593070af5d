import { generateKeyPairSync, hash, sign } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { publishedErasures } from "../functions/eraser/replay.ts";
import { folderStore } from "../local/objects/folder.ts";
import { utf8 } from "../shared/base/bytes.ts";
import { formatCheckpoint } from "../shared/log/checkpoint.ts";
import { type VerifierKey, verifierKey } from "../shared/log/key.ts";
import { formatNote } from "../shared/log/note.ts";
import { bundlePath, newBundles } from "../shared/log/tile.ts";
import type { Figure } from "./figure.ts";
import { sampleTree } from "./sample-tree.ts";

const size = 10_000;
const origin = "bench.example/acme";
const rounds = 5;

/** What a start reads and hashes of a published log before it serves, to replay erasures; against reading and hashing its bundles whole. */
export async function* figures(): AsyncGenerator<Figure> {
  const folder = mkdtempSync(join(tmpdir(), "countersign-replay-"));
  try {
    const store = folderStore(folder);
    const { tree, files } = sampleTree(size, 1);
    const { key, note } = signed(
      formatCheckpoint({ origin, size: tree.size, root: tree.root, extensions: [] }),
    );
    await store.putIfAbsent("acme/checkpoint", note);
    const bundles = newBundles(0n, tree.size).map(bundlePath);
    for (const path of bundles) {
      await store.putIfAbsent(`acme/${path}`, files.get(path) ?? new Uint8Array());
    }
    const value = await rateOf(async () => {
      if ("doubted" in (await publishedErasures(store, "acme", [key]))) throw new Error("doubted");
    });
    const limit = await rateOf(async () => {
      for (const path of bundles) hash("sha256", readFileSync(join(folder, "acme", path)), "hex");
    });
    const limitName = "its bundles read and hashed whole";
    yield { name: "replay.scan, 10,000 entries", value, unit: "entries/s", limitName, limit };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function signed(text: string): { readonly key: VerifierKey; readonly note: Uint8Array } {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const spki = publicKey.export({ format: "der", type: "spki" });
  const key = verifierKey(origin, "ed25519", new Uint8Array(spki.subarray(-32)));
  const signature = new Uint8Array(sign(null, utf8(text), privateKey));
  const note = formatNote({ text, signatures: [{ name: origin, keyId: key.id, signature }] });
  return { key, note };
}

/** Entries per second, by the fastest of five rounds. */
async function rateOf(work: () => Promise<void>): Promise<number> {
  let fastest = Number.POSITIVE_INFINITY;
  for (let round = 0; round < rounds; round++) {
    const from = performance.now();
    await work();
    fastest = Math.min(fastest, performance.now() - from);
  }
  return (size / fastest) * 1000;
}
