import { readFileSync } from "node:fs";
import type { Trust } from "../../shared/audit/verify-notes.ts";
import type { Checkpoint } from "../../shared/log/checkpoint.ts";
import { parseHashLines } from "../../shared/proof/hash-lines.ts";
import type { ProofRefusal } from "../../shared/proof/refusal.ts";
import { type Unrewritten, verifyUnrewritten } from "../../shared/proof/verify-unrewritten.ts";
import { reading } from "../terminal/reading.ts";
import type { Terminal } from "../terminal/terminal.ts";

/** The files of `--against NOTE --consistency FILE`. */
export interface AgainstFiles {
  readonly note: string;
  readonly consistency: string;
}

/** Compares the checkpoint of a receipt with one that somebody else kept. Throws Unreadable where a file can't be read. */
export function compareAgainst(
  { note, consistency }: AgainstFiles,
  checkpoint: Checkpoint,
  { policy, requirements }: Trust,
): Unrewritten | ProofRefusal {
  const noteBytes = reading(note, () => readFileSync(note));
  const proof = reading(consistency, () => parseHashLines(readFileSync(consistency)));
  return verifyUnrewritten(checkpoint, noteBytes, proof, policy, requirements);
}

/** Says what the comparison shows. */
export function printAgainst(terminal: Terminal, { against, witnesses }: Unrewritten): void {
  terminal.line(`✓ nothing was rewritten between it and the checkpoint of size ${against.size}`);
  terminal.line(
    witnesses.length > 0
      ? `  which was cosigned by ${witnesses.join(", ")}`
      : "  which no witness of the policy cosigned: it is worth what the one is who kept it",
  );
}

/** The comparison for `--json`. */
export const againstJson = ({ against, witnesses }: Unrewritten): object => ({
  size: against.size.toString(),
  witnesses,
});
