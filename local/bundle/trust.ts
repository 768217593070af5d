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
import { trustOf } from "../../functions/publisher/keep-trust.ts";
import type { Trust } from "../../shared/audit/verify-notes.ts";
import { Malformed } from "../../shared/base/malformed.ts";
import type { VerifierKey } from "../../shared/log/key.ts";
import type { PolicyWitness } from "../../shared/log/policy.ts";
import { parsePolicy } from "../../shared/log/policy-file.ts";
import { parseRequirements } from "../../shared/log/require.ts";
import type { WitnessPolicy } from "../../shared/log/witness-policy.ts";

/** Whom the reader of a policy is to believe. */
export interface Trusted {
  readonly keys: readonly VerifierKey[];
  /** Who must have cosigned; absent: nobody. */
  readonly witness?: PolicyWitness | undefined;
}

/** The witness, group and quorum lines that ask for one witness, or for none. */
export const witnessPolicyOf = (witness: PolicyWitness | undefined): WitnessPolicy => ({
  witnesses: witness ? [witness] : [],
  groups: [],
  quorum: witness?.name ?? "none",
});

/** Writes the trust policy of one log: its keys, its witness where there is one, an Ed25519 and an ML-DSA-44 signature from size 1 on. */
export function writePolicy(folder: string, insurer: string, { keys, witness }: Trusted): string {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${insurer}.policy`);
  const files = trustOf(keys, witnessPolicyOf(witness));
  writeFileSync(file, files.policy);
  writeFileSync(join(folder, `${insurer}.require`), files.require);
  return file;
}

/** Removes the trust policies of these insurers from a folder; anything else in it is left alone. */
export function clearPolicies(folder: string, insurers: readonly string[]): void {
  for (const insurer of insurers) {
    for (const kind of ["policy", "require"]) {
      rmSync(join(folder, `${insurer}.${kind}`), { force: true });
    }
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

/** Trust by origin: a folder of `*.policy` files, or one file for one log. Malformed where two are of one origin. */
export function readTrusts(path: string): Map<string, Trust> {
  const files = statSync(path).isDirectory()
    ? readdirSync(path)
        .filter((name) => name.endsWith(".policy"))
        .map((name) => join(path, name))
    : [path];
  const trusts = new Map<string, Trust>();
  for (const file of files.sort()) {
    const trust = readTrust(file);
    const origin = originOf(trust) ?? basename(file, ".policy");
    if (trusts.has(origin)) throw new Malformed(file, `is a second trust policy of ${origin}`);
    trusts.set(origin, trust);
  }
  return trusts;
}

/** The origin a policy's logs share. */
export const originOf = ({ policy }: Trust): string | undefined => policy.logs[0]?.key.name;
