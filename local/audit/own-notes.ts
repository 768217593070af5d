import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Trust } from "../../shared/audit/verify-notes.ts";
import { type Checkpoint, parseCheckpoint } from "../../shared/log/checkpoint.ts";
import { parseNote } from "../../shared/log/note.ts";
import { verifyCheckpoint } from "../../shared/proof/verify-checkpoint.ts";
import { originOf } from "../bundle/trust.ts";
import { reading, Unreadable } from "../terminal/reading.ts";

const mostNotes = 1_000;

/**
 * The checkpoints, by origin, that an auditor kept from an earlier audit: each of `paths` is a note's file or a folder of `*.note`. Where there
 * are trust policies each note must be believed by the one of its log. Throws Unreadable where one can't be used.
 */
export function readOwnNotes(
  paths: readonly string[],
  trusts: ReadonlyMap<string, Trust> | undefined,
): Map<string, Checkpoint> {
  const byOrigin = new Map([...(trusts?.values() ?? [])].map((trust) => [originOf(trust), trust]));
  const notes = new Map<string, Checkpoint>();
  for (const file of paths.flatMap(filesOf).slice(0, mostNotes)) {
    const bytes = reading(file, () => readFileSync(file));
    const checkpoint = reading(file, () => parseCheckpoint(parseNote(bytes, "note").text));
    const trust = byOrigin.get(checkpoint.origin);
    if (trusts && !trust)
      throw new Unreadable(`${file} is of ${checkpoint.origin}: no policy has it`);
    const believed = trust && verifyCheckpoint(bytes, trust.policy, trust.requirements);
    if (believed && "refused" in believed) {
      throw new Unreadable(`${file} is not believed by the policy: ${believed.detail}`);
    }
    if (notes.has(checkpoint.origin)) throw new Unreadable(`${file} is a second note of one log`);
    notes.set(checkpoint.origin, checkpoint);
  }
  return notes;
}

const filesOf = (path: string): string[] =>
  reading(path, () =>
    statSync(path).isDirectory()
      ? readdirSync(path)
          .filter((name) => name.endsWith(".note"))
          .map((name) => join(path, name))
      : [path],
  );
