import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { basename, join } from "node:path";
import type { Trust } from "../../shared/audit/verify-notes.ts";
import type { VerifierKey } from "../../shared/log/key.ts";
import { formatPolicy, parsePolicy } from "../../shared/log/policy-file.ts";
import { formatRequirements, parseRequirements } from "../../shared/log/require.ts";

/** Whom the reader of a policy is to believe. */
export interface Trusted {
  readonly keys: readonly VerifierKey[];
}

/** Writes the trust policy of one log: its keys, no witnesses yet, an Ed25519 and an ML-DSA-44 signature from size 1 on. */
export function writePolicy(folder: string, insurer: string, { keys }: Trusted): string {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${insurer}.policy`);
  const logs = keys.map((key) => ({ key }));
  writeFileSync(file, formatPolicy({ logs, witnesses: [], groups: [], quorum: "none" }));
  const requirement = { size: 1n, signatures: "ed25519+mldsa44" } as const;
  writeFileSync(join(folder, `${insurer}.require`), formatRequirements([requirement]));
  return file;
}

/** Empties a folder of trust policies; anything else in it is left alone. */
export function clearPolicies(folder: string): void {
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder)) {
    if (/\.(policy|require)$/.test(name)) rmSync(join(folder, name));
  }
}

/** The trust in one policy file, with the `.require` file beside it where there is one. Malformed where either is. */
export function readTrust(file: string): Trust {
  const policy = parsePolicy(readFileSync(file));
  const beside = file.replace(/\.policy$/, ".require");
  const requirements =
    beside !== file && existsSync(beside) ? parseRequirements(readFileSync(beside)) : [];
  return { policy, requirements };
}

/** Trust by insurer: a folder of `<insurer>.policy` files, or one file for one log. */
export function readTrusts(path: string): Map<string, Trust> {
  const files = statSync(path).isDirectory()
    ? readdirSync(path)
        .filter((name) => name.endsWith(".policy"))
        .map((name) => join(path, name))
    : [path];
  return new Map(files.map((file) => [basename(file, ".policy"), readTrust(file)]));
}

/** The origin a policy's logs share. */
export const originOf = ({ policy }: Trust): string | undefined => policy.logs[0]?.key.name;
