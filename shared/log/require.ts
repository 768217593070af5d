import { fromUtf8, utf8 } from "../base/bytes.ts";
import { Malformed } from "../base/malformed.ts";
import { parseDecimal } from "./decimal.ts";
import type { SignatureType } from "./key.ts";

/** The log's own signatures a checkpoint must carry, by the words of a `.require` file. */
export const requirementTypes = {
  ed25519: ["ed25519"],
  "ed25519+mldsa44": ["ed25519", "mldsa44"],
} as const satisfies Record<string, readonly SignatureType[]>;
export type RequiredSignatures = keyof typeof requirementTypes;

/** From tree size `size` on, until a later requirement, a checkpoint needs `signatures`. */
export interface Requirement {
  readonly size: bigint;
  readonly signatures: RequiredSignatures;
}

const maxRequirements = 64;

/** `require <size> <signatures>` lines, sizes ascending. */
export const formatRequirements = (requirements: readonly Requirement[]): Uint8Array =>
  utf8(requirements.map(({ size, signatures }) => `require ${size} ${signatures}\n`).join(""));

/** Reads exactly what {@link formatRequirements} writes; sizes that do not ascend are Malformed. */
export function parseRequirements(bytes: Uint8Array): Requirement[] {
  const lines = fromUtf8(bytes, "requirements").split("\n");
  if (lines.pop() !== "") throw new Malformed("requirements", "do not end in a newline");
  if (lines.length > maxRequirements) throw new Malformed("requirements", "are too many");
  const requirements = lines.map((line, i) => parseLine(line, `requirements line ${i + 1}`));
  requirements.reduce((before, { size }, i) => {
    if (size <= before) {
      throw new Malformed(`requirements line ${i + 1}`, "has a size not above the line before");
    }
    return size;
  }, -1n);
  return requirements;
}

/** The requirement on a checkpoint of `size`: the last one not above it; undefined before the first. */
export const requirementAt = (
  requirements: readonly Requirement[],
  size: bigint,
): Requirement | undefined => requirements.findLast((requirement) => requirement.size <= size);

function parseLine(line: string, where: string): Requirement {
  const match = /^require ([0-9]+) ([a-z0-9+]+)$/.exec(line);
  const signatures = match?.[2];
  if (match?.[1] === undefined || !isRequired(signatures)) {
    throw new Malformed(where, "is not require SIZE ed25519|ed25519+mldsa44");
  }
  return { size: parseDecimal(match[1], where), signatures };
}

const isRequired = (word: string | undefined): word is RequiredSignatures =>
  word !== undefined && Object.hasOwn(requirementTypes, word);
