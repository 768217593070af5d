import { type dom, dumpText, IonTypes, loadAll } from "ion-js";
import { Malformed } from "../base/malformed.ts";
import { requireBounds } from "./ion-bounds.ts";

/** One Ion value of any type, as ion-js models it. */
export type IonValue = dom.Value;

/** The one Ion value in `source` (text or Ion binary); throws Malformed unless there is exactly one. */
export function readIon(source: string | Uint8Array, where: string): IonValue {
  const values = readAllIon(source, where);
  const [value] = values;
  if (value === undefined || values.length > 1) throw new Malformed(where, "is not one Ion value");
  return value;
}

/** All Ion values in `source`; throws Malformed if it isn't Ion, or is beyond ionLimits. */
export function readAllIon(source: string | Uint8Array, where: string): IonValue[] {
  try {
    requireBounds(source);
    return loadAll(source);
  } catch (error) {
    // ion-js throws errors of many kinds.
    throw new Malformed(where, error instanceof Malformed ? error.message : "is not Ion");
  }
}

/** Ion text of `value` on one line. */
export const ionText = (value: unknown): string => dumpText(value);

/** The fields of a struct, each name once; throws Malformed for any other value. */
export function structFields(value: IonValue, where: string): Map<string, IonValue> {
  if (value.getType() !== IonTypes.STRUCT || value.isNull()) {
    throw new Malformed(where, "is not a struct");
  }
  const fields = new Map<string, IonValue>();
  for (const [name, values] of value.allFields()) {
    const [only] = values;
    if (only === undefined || values.length > 1) throw new Malformed(where, "repeats a field");
    fields.set(name, only);
  }
  return fields;
}

/** The field `name`; throws Malformed when it is missing. */
export function field(fields: Map<string, IonValue>, name: string, where: string): IonValue {
  const value = fields.get(name);
  if (value === undefined) throw new Malformed(where, `has no field ${name}`);
  return value;
}

/** The text of a non-null string. */
export function ionString(value: IonValue, where: string): string {
  const text = value.getType() === IonTypes.STRING ? value.stringValue() : null;
  if (text === null) throw new Malformed(where, "is not a string");
  return text;
}

/** The bytes of a non-null blob. */
export function ionBlob(value: IonValue, where: string): Uint8Array {
  const bytes = value.getType() === IonTypes.BLOB ? value.uInt8ArrayValue() : null;
  if (bytes === null) throw new Malformed(where, "is not a blob");
  return Uint8Array.from(bytes);
}

/** A non-negative int up to 2^53 - 1. */
export function ionCount(value: IonValue, where: string): number {
  const count = value.getType() === IonTypes.INT ? value.numberValue() : null;
  if (count === null || !Number.isSafeInteger(count) || count < 0) {
    throw new Malformed(where, "is not a count");
  }
  return count;
}

/** The elements of a non-null list. */
export function ionList(value: IonValue, where: string): IonValue[] {
  if (value.getType() !== IonTypes.LIST || value.isNull())
    throw new Malformed(where, "is not a list");
  return value.elements();
}
