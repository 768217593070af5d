import { MalformedAt } from "./ion-limits.ts";

/** What a value's first bytes say: its type and low nibble (Ion binary encoding, "Typed value formats"), and where its content begins and ends. */
export interface Head {
  readonly type: number;
  readonly low: number;
  readonly start: number;
  readonly end: number;
}

/** Where in the file a value begins. */
export interface Span {
  readonly offset: number;
}

/** Reads the head at `at`; undefined where more bytes are needed. `offset` is where that is in the file. Throws MalformedAt. */
export function headAt(bytes: Uint8Array, at: number, offset: number): Head | undefined {
  const first = bytes[at];
  if (first === undefined) return undefined;
  const [type, low] = [first >> 4, first & 0x0f];
  if (type === 0xf) throw new MalformedAt(offset, "is of no Ion type");
  if (low === 0xf || type === 0x1) return { type, low, start: at + 1, end: at + 1 };
  const isLong = low === 0xe || (type === 0xd && low === 0x1);
  if (!isLong) return { type, low, start: at + 1, end: at + 1 + low };
  const length = varUint(bytes, at + 1, offset);
  return length && { type, low, start: length.end, end: length.end + length.value };
}

/** Reads a VarUInt of at most 2^35; undefined where more bytes are needed. Throws MalformedAt. */
export function varUint(
  bytes: Uint8Array,
  at: number,
  offset: number,
): { readonly value: number; readonly end: number } | undefined {
  let value = 0;
  for (let length = 0; length < 5; length++) {
    const byte = bytes[at + length];
    if (byte === undefined) return undefined;
    value = value * 128 + (byte & 0x7f);
    if (byte >= 0x80) return { value, end: at + length + 1 };
  }
  throw new MalformedAt(offset, "says a length beyond all bounds");
}
