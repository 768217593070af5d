import fc from "fast-check";
import { toBase64, toHex } from "../../shared/base/bytes.ts";
import type { Json } from "../../shared/base/canonical.ts";
import { type Checkpoint, formatCheckpoint } from "../../shared/log/checkpoint.ts";
import { publicKeyBytes, type SignatureType, verifierKey } from "../../shared/log/key.ts";
import { formatNote, type Note, type NoteSignature } from "../../shared/log/note.ts";
import type { Opening } from "../../shared/record/sealed.ts";

/** {@link fc.record} of plain objects, which is what parsers give. */
export const recordOf = <T>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<T> =>
  fc.record(model, { noNullPrototype: true }) as fc.Arbitrary<T>;

export const hash: fc.Arbitrary<Uint8Array> = fc.uint8Array({ minLength: 32, maxLength: 32 });
export const hex32 = hash.map(toHex);
export const handle = fc.uint8Array({ minLength: 16, maxLength: 16 }).map(toHex);
/** Small ones as often as those up to 2⁶³ − 1. */
export const size = fc.oneof(fc.bigInt(0n, 300n), fc.bigInt(0n, 2n ** 63n - 1n));
export const hashes: fc.Arbitrary<readonly Uint8Array[]> = fc.array(hash, { maxLength: 5 });

const printable = fc
  .string({ unit: "grapheme", maxLength: 30 })
  .map((text) => text.replaceAll(/\p{Cc}/gu, ""));
const line = printable.filter((text) => text !== "");
const name = fc.oneof(
  fc.stringMatching(/^[a-z]{1,8}\.example\/[a-z0-9-]{1,12}$/),
  fc
    .string({ unit: "grapheme", minLength: 1, maxLength: 12 })
    .filter((text) => !/[\p{White_Space}\p{Cc}+]/u.test(text)),
);

export const signature: fc.Arbitrary<NoteSignature> = recordOf({
  name,
  keyId: fc.nat(0xffffffff),
  signature: fc.uint8Array({ minLength: 1, maxLength: 80 }),
});
const signatures = fc.array(signature, { minLength: 1, maxLength: 4 });

export const note: fc.Arbitrary<Note> = recordOf({
  text: fc.array(printable, { minLength: 1, maxLength: 4 }).map((lines) => `${lines.join("\n")}\n`),
  signatures,
});

export const checkpoint: fc.Arbitrary<Checkpoint> = recordOf({
  origin: line,
  size,
  root: hash,
  extensions: fc.array(line, { maxLength: 2 }),
});

/** A signed checkpoint by its form: nobody signed it. */
export const checkpointNote = fc
  .tuple(checkpoint, signatures)
  .map(([of, by]) => formatNote({ text: formatCheckpoint(of), signatures: by }));

/** A key by its form: a name, and bytes as many as its type has. */
export const keyOf = (...types: readonly SignatureType[]) =>
  fc.tuple(name, fc.constantFrom(...types), hash).map(([of, type, bytes]) => {
    const publicKey = new Uint8Array(publicKeyBytes[type]);
    for (let at = 0; at < publicKey.length; at += 32) publicKey.set(bytes, at);
    return verifierKey(of, type, publicKey);
  });

/** What a canonical text can hold, three deep at most. */
export const json = fc.letrec<{ value: Json; flat: Json }>((tie) => ({
  flat: fc.oneof(
    fc.string({ unit: "grapheme", maxLength: 12 }),
    fc.boolean(),
    fc.constant(null),
    fc.maxSafeInteger().map((number) => number + 0),
  ),
  value: fc.oneof(
    { depthSize: "small", maxDepth: 3 },
    tie("flat"),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(fc.string({ maxLength: 8 }), tie("value"), { maxKeys: 3, noNullPrototype: true }),
  ),
})).value;

export const opening: fc.Arbitrary<Opening> = recordOf({
  salt: hash.map(toBase64),
  path: fc.string({ unit: "grapheme", maxLength: 20 }),
  value: json,
});
export const openings = fc.array(opening, { maxLength: 3 });
