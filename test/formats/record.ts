import fc from "fast-check";
import { canonicalBytes, parseCanonical } from "../../shared/base/canonical.ts";
import { formatMinute } from "../../shared/base/instant.ts";
import { Malformed } from "../../shared/base/malformed.ts";
import { partClasses } from "../../shared/base/part-class.ts";
import { formatPart, parsePart } from "../../shared/record/part.ts";
import { formatRecord, type LedgerRecord, parseRecord } from "../../shared/record/record.ts";
import { readOpening } from "../../shared/record/sealed.ts";
import {
  leavesKey,
  parseLeavesKey,
  parsePartKey,
  partFolder,
  partKey,
} from "../../shared/record/sealed-store.ts";
import { publicTypes, type SealedType, sealedSizes } from "../../shared/record/types.ts";
import { bodies } from "../record/sample.ts";
import { type Strict, strict } from "./format.ts";
import { ofText } from "./log.ts";
import { handle, hash, json, opening, openings, recordOf } from "./values.ts";

type Content = Pick<LedgerRecord, "type" | "body">;
const sealedTypes = Object.keys(sealedSizes) as SealedType[];
const sealed: fc.Arbitrary<Content> = fc
  .tuple(fc.constantFrom(...sealedTypes), hash)
  .map(([type, root]) => ({ type, body: { sealed: { size: sealedSizes[type], root } } }));
const open: fc.Arbitrary<Content> = fc
  .constantFrom(...publicTypes)
  .map((type) => ({ type, body: { public: bodies[type] } }));

const minutes = fc.bigInt(0n, 32_503_680_000n / 60n).map((of) => formatMinute(of * 60_000_000n));
const record: fc.Arbitrary<LedgerRecord> = fc
  .tuple(
    fc.oneof(sealed, open),
    recordOf({
      origin: fc.stringMatching(/^[a-z]{1,8}\.example\/[a-z0-9-]{1,12}$/),
      stream: handle,
      version: fc.oneof(fc.bigInt(1n, 3n), fc.bigInt(1n, 2n ** 53n - 1n)),
      time: minutes,
      actor: fc.constantFrom("person" as const, "machine" as const, "simulated" as const),
    }),
    hash,
  )
  .map(([content, head, prev]) => ({
    ...head,
    ...content,
    prev: head.version === 1n ? null : prev,
  }));

const insurer = "acme";
const stream = "3".repeat(32);
const part = recordOf({ person: handle, class: fc.constantFrom<string>(...partClasses) });
const range = fc
  .tuple(fc.bigInt(0n, 10n ** 18n), fc.bigInt(1n, 10n ** 17n))
  .map(([start, length]) => ({ start, end: start + length }));

/** Every parser of the room `record`, and canonical JSON, of which its formats are made. */
export const recordFormats: readonly Strict[] = [
  strict("parseRecord", { values: record, format: formatRecord, parse: parseRecord }),
  strict("parsePart", { values: openings, format: formatPart, parse: parsePart }),
  strict("readOpening", {
    values: opening,
    format: ({ salt, path, value }) => canonicalBytes([salt, path, value]),
    parse: (bytes) => readOpening(parseCanonical(bytes, "opening")),
  }),
  strict("parseCanonical", {
    values: json,
    format: canonicalBytes,
    parse: (bytes) => parseCanonical(bytes, "json"),
  }),
  strict(
    "parsePartKey",
    ofText(
      part,
      (of) => partKey(insurer, stream, 3n, of),
      (key) => {
        // Keys are listed by their folder.
        if (!key.startsWith(partFolder(insurer, stream, 3n)))
          throw new Malformed("key", "is elsewhere");
        return parsePartKey(key);
      },
    ),
  ),
  strict(
    "parseLeavesKey",
    ofText(
      range,
      (of) => leavesKey(insurer, of),
      (key) => parseLeavesKey(insurer, key),
    ),
  ),
];
