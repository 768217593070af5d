import { assert } from "../../../shared/base/malformed.ts";

/** What Aurora DSQL takes in one transaction: https://docs.aws.amazon.com/aurora-dsql/latest/userguide/CHAP_quotas.html */
const mostRows = 3_000;
const mostBytes = 10 * 1024 * 1024;
/** What it takes in one column. */
export const mostColumnBytes = 1024 * 1024;

const changing = /^\s*(?:INSERT|UPDATE|DELETE)\b/i;

/** Watches what the statements of one transaction change. */
export interface WriteLimits {
  /** Before a statement is sent: throws where a value is larger than 1 MiB, or what it carries makes the transaction larger than 10 MiB. */
  sending(text: string, values: readonly unknown[]): void;
  /** Once its answer is there: throws where more than 3,000 rows are changed by now. */
  changed(text: string, rows: number): void;
}

/**
 * Holds a transaction to what DSQL takes, whichever engine it runs on: one that is too large fails here as it would there, by an assertion, for all that
 * is written in one is bounded (test/adapters/row-bounds.test.ts, also that no row is over 2 MiB). An index counts for nothing here.
 */
export function writeLimits(): WriteLimits {
  let [rows, bytes] = [0, 0];
  return {
    sending: (text, values) => {
      if (!changing.test(text)) return;
      bytes += bytesOf(values);
      const largest = largestOf(values);
      assert(largest <= mostColumnBytes, `a column holds at most 1 MiB, not ${largest} bytes`);
      assert(bytes <= mostBytes, `a transaction carries at most 10 MiB, not ${bytes} bytes`);
    },
    changed: (text, count) => {
      if (!changing.test(text)) return;
      rows += count;
      const said = `a transaction changes at most 3,000 rows, not ${rows.toLocaleString("en")}`;
      assert(rows <= mostRows, said);
    },
  };
}

/** A list of values goes into as many rows. */
const largestOf = (values: readonly unknown[]): number =>
  values.reduce<number>(
    (most, one) => Math.max(most, Array.isArray(one) ? largestOf(one) : bytesOf(one)),
    0,
  );

function bytesOf(value: unknown): number {
  if (typeof value === "string") return Buffer.byteLength(value);
  if (value instanceof Uint8Array) return value.byteLength;
  if (Array.isArray(value)) return value.reduce<number>((sum, one) => sum + bytesOf(one), 0);
  return 8;
}
