import { utf8 } from "../../shared/base/bytes.ts";
import { sha256 } from "../../shared/base/sha256.ts";
import { blockHash } from "../../shared/qldb/block.ts";

export const hash = (text: string): Uint8Array => sha256(utf8(text));

/** A journal's entries and block hashes, each block linked to the one before. */
export function journal(
  size: number,
  seed = "",
): { readonly entries: Uint8Array[]; readonly blocks: Uint8Array[] } {
  const entries = Array.from({ length: size }, (_, i) => hash(`${seed}${i}`));
  const blocks: Uint8Array[] = [];
  for (const entry of entries) blocks.push(blockHash(entry, blocks.at(-1) ?? new Uint8Array(0)));
  return { entries, blocks };
}
