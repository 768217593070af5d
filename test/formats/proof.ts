import fc from "fast-check";
import { utf8 } from "../../shared/base/bytes.ts";
import { formatCheckpoint } from "../../shared/log/checkpoint.ts";
import { formatNote } from "../../shared/log/note.ts";
import { formatHashLines, parseHashLines } from "../../shared/proof/hash-lines.ts";
import { formatQldbReceipt, parseQldbReceipt } from "../../shared/proof/qldb-receipt.ts";
import { formatReceipt, parseReceipt, type ReceiptContent } from "../../shared/proof/receipt.ts";
import { formatTlogProof, parseTlogProof, type TlogProof } from "../../shared/proof/tlog-proof.ts";
import { type Strict, strict } from "./format.ts";
import { checkpointNote, hashes, opening, recordOf, size } from "./values.ts";

const proof = recordOf({ index: size, hashes, checkpointNote });
const extra = fc.option(fc.uint8Array({ minLength: 1, maxLength: 60 }), { nil: undefined });
const withExtra: fc.Arbitrary<TlogProof> = fc
  .tuple(proof, extra)
  .map(([of, more]) => (more === undefined ? of : { ...of, extra: more }));

const shown = recordOf({
  opening,
  index: fc.nat(63),
  hashes: fc.array(fc.uint8Array({ maxLength: 33 }), { maxLength: 3 }),
});
const content: fc.Arbitrary<ReceiptContent> = recordOf<ReceiptContent>({
  record: fc.string({ unit: "grapheme", maxLength: 80 }).map(utf8),
  openings: fc.array(shown, { maxLength: 2 }),
});
const inJournal = recordOf({
  revision: fc.uint8Array({ minLength: 1, maxLength: 60 }),
  hashes,
  digestNote: checkpointNote,
});

const extraOf = (receipt: string): Uint8Array =>
  parseTlogProof(utf8(receipt)).extra ?? new Uint8Array();
/** A place for records that are no one's: changed bytes of the extra itself, which base64 hides from a change of the file. */
const somewhere: TlogProof = {
  index: 0n,
  hashes: [],
  checkpointNote: formatNote({
    text: formatCheckpoint({ origin: "a", size: 1n, root: new Uint8Array(32), extensions: [] }),
    signatures: [{ name: "a", keyId: 0, signature: new Uint8Array(64) }],
  }),
};

/** Every parser of the room `proof`. */
export const proofFormats: readonly Strict[] = [
  strict("parseHashLines", { values: hashes, format: formatHashLines, parse: parseHashLines }),
  strict("parseTlogProof", { values: withExtra, format: formatTlogProof, parse: parseTlogProof }),
  strict("parseReceipt", {
    values: recordOf({ content, proof }),
    format: (of) => utf8(formatReceipt(of.content, of.proof)),
    parse: (bytes) => {
      const { content: read, proof: of } = parseReceipt(bytes);
      const { extra: _, ...rest } = of;
      return { content: read, proof: rest };
    },
  }),
  strict("parseQldbReceipt", {
    values: recordOf({ content, proof: inJournal }),
    format: (of) => utf8(formatQldbReceipt(of.content, of.proof)),
    parse: parseQldbReceipt,
  }),
  strict("parseReceipt of another extra", {
    values: content,
    format: (of) => extraOf(formatReceipt(of, somewhere)),
    parse: (bytes) => parseReceipt(formatTlogProof({ ...somewhere, extra: bytes })).content,
  }),
];
