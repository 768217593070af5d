/** Everything an audit can find wrong, in one closed list (docs/spec/audit-bundle.md says what each means). */
export const findingCodes = [
  "manifest-malformed",
  "file-missing",
  "file-changed",
  "file-unlisted",
  "file-misplaced",
  "link",
  "policy-missing",
  "log-missing",
  "note-malformed",
  "note-unbelieved",
  "note-differs",
  "note-missing",
  "prefix-differs",
  "tile-differs",
  "journal-malformed",
  "block-differs",
  "bundle-malformed",
  "record-malformed",
  "genesis-differs",
  "chain-broken",
  "time-differs",
  "opening-malformed",
  "opening-differs",
  "hole",
  "erasure-differs",
  "not-full",
  "pack-differs",
  "refused",
  "stale-input",
  "input-differs",
  "accumulator-differs",
  "decision-differs",
  "letter-differs",
  "engine-differs",
  "event-differs",
  "totals-differs",
  "payment-differs",
  "reconciliation-differs",
  "breach-missing",
  "import-differs",
  "row-differs",
] as const;
export type FindingCode = (typeof findingCodes)[number];

/** One thing that is wrong: where (log, entry index, file) and what was expected and found instead, each at most 300 characters. */
export interface Finding {
  readonly origin: string;
  readonly index: string | null;
  readonly file: string | null;
  readonly code: FindingCode;
  readonly expected: string;
  readonly found: string;
}

const maxText = 300;

/** A finding with its texts cut to size. */
export const finding = (
  origin: string,
  code: FindingCode,
  at: { readonly index?: bigint; readonly file?: string },
  expected: string,
  found: string,
): Finding => ({
  origin,
  index: at.index === undefined ? null : at.index.toString(),
  file: at.file ?? null,
  code,
  expected: cut(expected),
  found: cut(found),
});

const cut = (text: string): string =>
  text.length > maxText ? `${text.slice(0, maxText - 1)}…` : text;

/** Findings by origin, then index, those of a whole log last. */
export function byPlace(a: Finding, b: Finding): number {
  if (a.origin !== b.origin) return a.origin < b.origin ? -1 : 1;
  const [first, second] = [a, b].map(({ index }) =>
    index === null ? Number.POSITIVE_INFINITY : Number(index),
  ) as [number, number];
  return first === second ? 0 : first - second;
}
