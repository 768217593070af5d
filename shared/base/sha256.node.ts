import { hash } from "node:crypto";

/** SHA-256 (FIPS 180-4) of `bytes`: 32 bytes. One-shot hex is the fastest road through node:crypto (measured). */
export function sha256(bytes: Uint8Array): Uint8Array {
  return Buffer.from(hash("sha256", bytes, "hex"), "hex");
}
