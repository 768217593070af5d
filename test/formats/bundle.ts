import fc from "fast-check";
import { formatManifest, parseManifest } from "../../functions/auditor/manifest.ts";
import {
  formatOpeningLine,
  type OpeningLine,
  parseOpeningLine,
} from "../../shared/audit/opening-line.ts";
import { utf8 } from "../../shared/base/bytes.ts";
import { type Strict, strict } from "./format.ts";
import { hash, hex32, openings, recordOf, size } from "./values.ts";

const line: fc.Arbitrary<OpeningLine> = fc
  .tuple(size, openings, fc.array(hash, { maxLength: 4 }))
  .map(([index, some, rest]) => ({
    index,
    leaves: [...some.map(() => null), ...rest],
    openings: some,
  }));

const manifest = fc
  .uniqueArray(
    recordOf({
      path: fc.stringMatching(/^[a-z-]{1,6}(\/[A-Za-z0-9-][A-Za-z0-9._-]{0,8}){1,3}$/),
      size: fc.oneof(fc.nat(), fc.maxSafeNat()),
      hash: hex32,
    }),
    { maxLength: 4, selector: ({ path }) => path },
  )
  .map((lines) => lines.sort((a, b) => (a.path < b.path ? -1 : 1)));

/** The files of a bundle that are no log's. */
export const bundleFormats: readonly Strict[] = [
  strict("parseOpeningLine", {
    values: line,
    format: (of) => utf8(formatOpeningLine(of)),
    parse: parseOpeningLine,
  }),
  strict("parseManifest", { values: manifest, format: formatManifest, parse: parseManifest }),
];
