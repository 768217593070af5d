import { concat } from "../base/bytes.ts";
import { assert, Malformed } from "../base/malformed.ts";
import { fullWidth } from "./tile.ts";

/** The longest entry a bundle's 2-byte length can announce. */
export const maxEntryBytes = 65_535;

/** An entry bundle: per entry its length as 2 bytes, big-endian, then its bytes (tlog-tiles, Log entries). */
export function formatBundle(entries: readonly Uint8Array[]): Uint8Array {
  assert(entries.length >= 1 && entries.length <= fullWidth, "a bundle holds 1 to 256 entries");
  return concat(...entries.flatMap((entry) => [lengthOf(entry), entry]));
}

/** The `width` entries of a bundle, as views of its bytes; a byte missing or left over is Malformed. */
export function parseBundle(bytes: Uint8Array, width: number, where = "bundle"): Uint8Array[] {
  const entries: Uint8Array[] = [];
  let offset = 0;
  while (entries.length < width) {
    const [high, low] = [bytes[offset], bytes[offset + 1]];
    if (high === undefined || low === undefined) throw new Malformed(where, "ends too early");
    const end = offset + 2 + high * 256 + low;
    if (end > bytes.length) throw new Malformed(where, "ends inside an entry");
    entries.push(bytes.subarray(offset + 2, end));
    offset = end;
  }
  if (offset !== bytes.length) throw new Malformed(where, `holds more than ${width} entries`);
  return entries;
}

function lengthOf(entry: Uint8Array): Uint8Array {
  assert(entry.length <= maxEntryBytes, "an entry has at most 65,535 bytes");
  return Uint8Array.of(entry.length >> 8, entry.length & 255);
}
