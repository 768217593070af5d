import { equal, toHex } from "../base/bytes.ts";
import type { Checkpoint } from "../log/checkpoint.ts";
import type { Tree } from "../log/tree.ts";
import { type Finding, finding } from "./finding.ts";
import type { Tally } from "./tally.ts";

/** Watches a log grow past the note its auditor kept from an earlier audit. */
export interface OwnNote {
  /** Told the tally so far after each entry. */
  after(tally: Tally): void;
  /** What of `tally` came after the note; undefined without a note, or where the log never reached its size. */
  since(tally: Tally): Tally | undefined;
  /** A finding unless the log's `tree` begins with the note's. */
  findings(tree: Tree): readonly Finding[];
}

/** `from` is the note's checkpoint, its signatures checked by the caller; undefined where the auditor has none. */
export function ownNote(origin: string, from: Checkpoint | undefined): OwnNote {
  let before: Tally | undefined;
  return {
    after: (tally) => {
      if (from && BigInt(tally.entries) === from.size) before = { ...tally };
    },
    since: (tally) => before && less(tally, before),
    findings: (tree) => {
      if (!from) return [];
      const root = from.size <= tree.size ? tree.rootAt(from.size) : undefined;
      if (root && equal(root, from.root)) return [];
      const expected = `a log that begins with root ${toHex(from.root)} at size ${from.size}`;
      const found = root ? `root ${toHex(root)} there` : `a log of ${tree.size} entries`;
      return [finding(origin, "prefix-differs", {}, expected, found)];
    },
  };
}

const less = (all: Tally, before: Tally): Tally => ({
  entries: all.entries - before.entries,
  decisions: all.decisions - before.decisions,
  reexecuted: all.reexecuted - before.reexecuted,
  withheld: all.withheld - before.withheld,
  erased: all.erased - before.erased,
  holes: all.holes - before.holes,
});
