import { createHash, hash } from "node:crypto";
import { leafHash, nodeHash } from "../shared/log/hash.ts";
import type { Figure } from "./figure.ts";
import { ratesOf } from "./rate.ts";

const recordBytes = 1024;

/** Leaf and node hashing of the log against SHA-256 of as many bytes, ready in one buffer, by node:crypto. */
export function* figures(): Generator<Figure> {
  const record = new Uint8Array(recordBytes).fill(0x5a);
  const leaf = Buffer.alloc(1 + recordBytes, 0x5a);
  yield {
    name: "leaf hash, record of 1 KiB",
    unit: "hashes/s",
    limitName: "node:crypto sha256, 1,025 bytes",
    ...ratesOf(
      () => leafHash(record),
      () => hash("sha256", leaf, "hex"),
    ),
  };
  const left = leafHash(record);
  const right = createHash("sha256").update(left).digest();
  const pair = Buffer.concat([Buffer.of(1), left, right]);
  yield {
    name: "node hash",
    unit: "hashes/s",
    limitName: "node:crypto sha256, 65 bytes",
    ...ratesOf(
      () => nodeHash(left, right),
      () => hash("sha256", pair, "hex"),
    ),
  };
}
