import { newBundles } from "../log/tile.ts";
import { type Finding, finding } from "./finding.ts";
import type { PaymentFiles } from "./payment-files.ts";
import type { LogSource } from "./source.ts";

/** The file that holds the openings of the 256 entries of one bundle. */
export const openingsFile = (bundle: bigint): string =>
  `openings/${bundle.toString().padStart(6, "0")}.jsonl`;

/** The grant: which entries' openings this auditor is not given, one index a line. */
export const grantFile = "openings/withheld";

const others = /^public\/(checkpoint|checkpoints\/[1-9][0-9]{0,18}|packs\/[0-9a-f]{64}\.json)$/;

/**
 * The files of a log's folder that have no place in it (docs/spec/audit-bundle.md, Layout), tiles aside: the manifest closes the folder only
 * against whoever does not write manifests.
 */
export function misplacedFiles(
  source: LogSource,
  origin: string,
  size: bigint,
  payments: Pick<PaymentFiles, "belongs">,
): Finding[] {
  const files = source.files();
  const present = new Set(files);
  const openings = new Set(newBundles(0n, size).map(({ index }) => openingsFile(index)));
  const belongs = (file: string): boolean => {
    if (others.test(file) || file.startsWith("public/tile/") || file === grantFile) return true;
    const plain = file.replace(/\.jwe$/, "");
    return (
      (openings.has(plain) || payments.belongs(plain)) && (plain === file || !present.has(plain))
    );
  };
  return files
    .filter((file) => !belongs(file))
    .map((file) => {
      const expected = `only files that a log of ${size} entries has`;
      return finding(origin, "file-misplaced", { file }, expected, "another file");
    });
}
