import { makeHashReader } from "ion-hash-js";
import { dumpBinary, IonTypes, load, makeReader } from "ion-js";
import { concat, fromHex, utf8 } from "../base/bytes.ts";
import { assert } from "../base/malformed.ts";
import { sha256 } from "../base/sha256.ts";
import { decimalBody, timestampBody } from "./binary-scalars.ts";
import type { IonValue } from "./ion.ts";

/**
 * Ion Hash (amazon-ion specification) with SHA-256 of a *value*: 32 bytes, the same for text and binary and for any order of a
 * struct's fields, different for 1, 1.0, 1e0 and "1". All but floats, clobs and symbols of unknown text is written here, because ion-hash-js takes
 * two to four times as long for it (measured over a document of our own); what it writes of these is taken from it.
 */
export const ionHash = (value: IonValue | string): Uint8Array =>
  sha256(typeof value === "string" ? scalar(textType.string, utf8(value)) : serialized(value));

/** {@link ionHash} of the one value in Ion binary. */
export function ionHashOfBinary(binary: Uint8Array): Uint8Array {
  const value = load(binary);
  assert(value !== null, "there is one value to hash");
  return ionHash(value);
}

const begin = 0x0b;
const end = 0x0e;
const escaping = 0x0c;
const textType = { symbol: 0x70, string: 0x80 };
/** Type codes of the binary encoding, by name: the high nibble of a type qualifier; a typed null has 15 as its low one. */
const typeCodes: Readonly<Record<string, number>> = {
  null: 0x00,
  bool: 0x10,
  int: 0x20,
  float: 0x40,
  decimal: 0x50,
  timestamp: 0x60,
  symbol: 0x70,
  string: 0x80,
  clob: 0x90,
  blob: 0xa0,
  list: 0xb0,
  sexp: 0xc0,
  struct: 0xd0,
};

/** What is hashed of a value: begin, type qualifier, escaped representation, end; inside an annotation's frame where it has any. */
function serialized(value: IonValue): Uint8Array {
  const own = bare(value);
  const annotations = value.getAnnotations();
  if (own === undefined) return byLibrary(value);
  if (annotations.length === 0) return own;
  const names = annotations.map((name) => scalar(textType.symbol, utf8(name)));
  return framed(0xe0, concat(...names, own));
}

/** The same without annotations; undefined for a type that ion-hash-js writes. */
function bare(value: IonValue): Uint8Array | undefined {
  const type = value.getType();
  const code = typeCodes[type.name] ?? 0;
  if (value.isNull()) return framed(code | 0x0f, none);
  switch (type) {
    case IonTypes.BOOL:
      return framed(code | (value.booleanValue() ? 1 : 0), none);
    case IonTypes.INT:
      return int(BigInt(String(value)));
    case IonTypes.DECIMAL: {
      const decimal = value.decimalValue();
      return decimal === null ? undefined : scalar(code, decimalBody(decimal));
    }
    case IonTypes.TIMESTAMP: {
      const timestamp = value.timestampValue();
      return timestamp === null ? undefined : scalar(code, timestampBody(timestamp));
    }
    case IonTypes.STRING:
      return scalar(code, utf8(value.stringValue() ?? ""));
    case IonTypes.SYMBOL: {
      const text = value.stringValue();
      return text === null ? undefined : scalar(code, utf8(text));
    }
    case IonTypes.BLOB:
      return scalar(code, value.uInt8ArrayValue() ?? none);
    case IonTypes.LIST:
    case IonTypes.SEXP:
      return framed(code, concat(...value.elements().map(serialized)));
    case IonTypes.STRUCT:
      return scalar(code, concat(...fieldHashes(value).sort(byBytes)));
    default:
      return undefined;
  }
}

const none = new Uint8Array(0);

function byBytes(a: Uint8Array, b: Uint8Array): number {
  for (let i = 0; i < a.length; i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function fieldHashes(struct: IonValue): Uint8Array[] {
  const hashes: Uint8Array[] = [];
  for (const [name, values] of struct.allFields()) {
    const field = scalar(textType.symbol, utf8(name));
    for (const value of values) hashes.push(sha256(concat(field, serialized(value))));
  }
  return hashes;
}

function int(value: bigint): Uint8Array {
  if (value === 0n) return framed(0x20, none);
  const digits = (value < 0n ? -value : value).toString(16);
  const hex = digits.length % 2 === 0 ? digits : `0${digits}`;
  return scalar(value < 0n ? 0x30 : 0x20, fromHex(hex));
}

const scalar = (qualifier: number, representation: Uint8Array): Uint8Array =>
  framed(qualifier, escaped(representation));

function framed(qualifier: number, content: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(content.length + 3);
  bytes[0] = begin;
  bytes[1] = qualifier;
  bytes.set(content, 2);
  bytes[bytes.length - 1] = end;
  return bytes;
}

const isMark = (byte: number): boolean => byte === begin || byte === end || byte === escaping;

function escaped(bytes: Uint8Array): Uint8Array {
  let marks = 0;
  for (const byte of bytes) if (isMark(byte)) marks++;
  if (marks === 0) return bytes;
  const longer = new Uint8Array(bytes.length + marks);
  let at = 0;
  for (const byte of bytes) {
    if (isMark(byte)) longer[at++] = escaping;
    longer[at++] = byte;
  }
  return longer;
}

/** The same from ion-hash-js: what it gives the hash function. */
function byLibrary(value: IonValue): Uint8Array {
  const binary = dumpBinary(value);
  let given: Uint8Array[] = [];
  const reader = makeHashReader(makeReader(binary), () => ({
    update: (bytes) => void given.push(bytes.slice()),
    digest: () => none,
  }));
  reader.next();
  given = [];
  reader.next();
  reader.digest();
  return concat(...given);
}
