import type * as z from "zod";
import { equal, fromUtf8, toHex } from "../base/bytes.ts";
import { canonicalBytes, type Json } from "../base/canonical.ts";
import { Malformed } from "../base/malformed.ts";
import { sha256 } from "../base/sha256.ts";
import { formError } from "./form-error.ts";
import { maxPackBytes } from "./pack-bytes.ts";
import { packSchema } from "./pack-form.ts";

/** A rule pack, spec/rule-pack.md. Plain JSON: its RFC 8785 bytes are what is published and hashed. */
export type Pack = z.output<ReturnType<typeof packSchema>>;

/** Reads the JSON text of a pack; throws Malformed that names the field. Expressions are read by compilePack. */
export function parsePack(bytes: Uint8Array): Pack {
  if (bytes.length > maxPackBytes)
    throw new Malformed("pack", `is longer than ${maxPackBytes} bytes`);
  const source = fromUtf8(bytes, "pack");
  let value: unknown;
  try {
    value = JSON.parse(source);
  } catch {
    throw new Malformed("pack", "is not JSON");
  }
  return readPack(value);
}

/** Reads a published pack: exactly its RFC 8785 bytes, so that no field can be spelled twice and mean two things. */
export function parsePublishedPack(bytes: Uint8Array): Pack {
  const pack = parsePack(bytes);
  if (!equal(packBytes(pack), bytes)) throw new Malformed("pack", "is not in its canonical form");
  return pack;
}

/** A pack from a JSON value; throws Malformed that names the field. */
export function readPack(value: unknown): Pack {
  const read = packSchema().safeParse(value);
  if (read.success) return read.data;
  throw formError(read.error.issues[0], value);
}

/** RFC 8785 bytes of `pack`. */
export const packBytes = (pack: Pack): Uint8Array => canonicalBytes(pack as Json);

/** Lower-case hex SHA-256 of {@link packBytes}: the name a decision seals. */
export const packHash = (pack: Pack): string => toHex(sha256(packBytes(pack)));
