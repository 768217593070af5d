import { Malformed } from "../base/malformed.ts";

const firstWord = "qldb-digest/v1";
const strandId = /^[0-9A-Za-z]{22}$/;

/** The origin of a ledger's signed digests: none of its insurers', for the digest covers the logs of all. */
export const digestOrigin = (prefix: string, ledger: string): string => `${prefix}/qldb/${ledger}`;

/** Line 4 of a digest's note: what the three lines before it are of, and in which strand. */
export const digestLine = (strand: string): string => {
  if (!strandId.test(strand)) throw new Malformed("strand id", "is not 22 characters of base 62");
  return `${firstWord} ${strand}`;
};

/** The strand that the extension lines of a digest's note name; throws Malformed unless they are the one {@link digestLine}. */
export function strandOf(extensions: readonly string[]): string {
  const [line = "", ...more] = extensions;
  const strand = line.slice(firstWord.length + 1);
  if (more.length > 0 || !strandId.test(strand) || line !== digestLine(strand)) {
    throw new Malformed("note", "is no signed digest of a QLDB journal");
  }
  return strand;
}

/** Whether a record of this origin can be one of the ledger's whose digests have that origin: they share the prefix. */
export function isRecordOf(digest: string, record: string): boolean {
  const [, prefix] = /^(.+)\/qldb\/[^/]+$/.exec(digest) ?? [];
  const [, own] = /^(.+)\/[^/]+$/.exec(record) ?? [];
  return prefix !== undefined && prefix === own;
}
