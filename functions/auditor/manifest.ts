import { fromUtf8, toHex, utf8 } from "../../shared/base/bytes.ts";
import { Malformed } from "../../shared/base/malformed.ts";
import { sha256 } from "../../shared/base/sha256.ts";

/** One file of a bundle: its path below the bundle, its size and the SHA-256 of its bytes. */
export interface ManifestLine {
  readonly path: string;
  readonly size: number;
  readonly hash: string;
}

/** The manifest's own name: the one file it does not list. */
export const manifestName = "manifest";
const firstLine = "countersign-bundle/v1";
/** No part begins with a dot; an insurer's id may begin with `-`. */
const part = "[A-Za-z0-9-][A-Za-z0-9._-]{0,120}";
const linePattern = new RegExp(`^([0-9a-f]{64}) (0|[1-9][0-9]{0,15}) (${part}(?:/${part}){1,8})$`);

/** The manifest's text: first line, then `<sha256> <bytes> <path>` sorted by path. */
export const formatManifest = (lines: readonly ManifestLine[]): Uint8Array =>
  utf8(
    [firstLine, ...lines.map(({ hash, size, path }) => `${hash} ${size} ${path}`), ""].join("\n"),
  );

/** Reads exactly what {@link formatManifest} writes; anything else is Malformed, naming the line. */
export function parseManifest(bytes: Uint8Array): ManifestLine[] {
  const text = fromUtf8(bytes, manifestName);
  const [first, ...rest] = text.split("\n");
  if (first !== firstLine || rest.pop() !== "") {
    throw new Malformed(manifestName, `is not ${firstLine} with a newline at its end`);
  }
  let before = "";
  return rest.map((line, index) => {
    const match = linePattern.exec(line);
    const path = match?.[3] ?? "";
    const size = Number(match?.[2]);
    if (!match || path <= before || !Number.isSafeInteger(size)) {
      throw new Malformed(`manifest line ${index + 2}`, "is no line, or not in order");
    }
    before = path;
    return { hash: match[1] ?? "", size, path };
  });
}

/** Lower-case hex SHA-256 of a file's bytes. */
export const fileHash = (bytes: Uint8Array): string => toHex(sha256(bytes));
