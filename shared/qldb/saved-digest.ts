import { IonTypes } from "ion-js";
import { fromBase64 } from "../base/bytes.ts";
import { Malformed } from "../base/malformed.ts";
import { requireHash } from "./dot.ts";
import { type IonValue, ionBlob, ionString, readIon, structFields } from "./ion.ts";
import { type BlockAddress, parseBlockAddress } from "./revision.ts";

/** A digest somebody kept: of all blocks up to the one at `tip`. */
export interface SavedDigest {
  readonly digest: Uint8Array;
  readonly tip: BlockAddress;
}

/**
 * Reads a digest as GetDigest answered it (`Digest`, `DigestTipAddress`), as the console saved it (`.ion.txt`: `digest`, `digestTipAddress`), or as a receipt
 * holds it (`LedgerDigest`). Hashes may be blobs or base64, addresses structs, Ion text or `{IonText: …}`. Throws Malformed.
 */
export const parseSavedDigest = (source: string | Uint8Array): SavedDigest =>
  readDigest(fieldsOf(readIon(source, "digest"), "digest"), "digest");

/** The same in a struct's fields, named by {@link fieldsOf}. */
export function readDigest(fields: Map<string, IonValue>, where: string): SavedDigest {
  const within = fields.get("ledgerdigest");
  if (within) return readDigest(fieldsOf(within, where), where);
  const [digest, tip] = [fields.get("digest"), fields.get("digesttipaddress")];
  if (!digest || !tip) throw new Malformed(where, "has not a digest and its tip address");
  return { digest: readHash(digest, "digest"), tip: readAddress(tip) };
}

/** A struct's fields by their names in lower case: the API says `Digest`, the console `digest`. Throws Malformed where two are one then. */
export function fieldsOf(value: IonValue, where: string): Map<string, IonValue> {
  const fields = new Map<string, IonValue>();
  for (const [name, field] of structFields(value, where)) {
    const lower = name.toLowerCase();
    if (fields.has(lower)) throw new Malformed(where, "has a field twice");
    fields.set(lower, field);
  }
  return fields;
}

/** A hash as a blob or as base64. */
export function readHash(value: IonValue, where: string): Uint8Array {
  const isText = value.getType() === IonTypes.STRING;
  const hash = isText ? fromBase64(ionString(value, where), where) : ionBlob(value, where);
  requireHash(hash, where);
  return hash;
}

/** An address as a struct, as Ion text, or as `{IonText: …}`. */
export const readAddress = (value: IonValue): BlockAddress =>
  parseBlockAddress(unheld(value, "address"));

/** What a ValueHolder, or a string of Ion text, holds; any other value as it is. */
export function unheld(value: IonValue, where: string): IonValue {
  if (value.getType() === IonTypes.STRING) return readIon(ionString(value, where), where);
  if (value.getType() !== IonTypes.STRUCT) return value;
  const held = structFields(value, where).get("IonText");
  return held ? readIon(ionString(held, where), where) : value;
}
