import type { Act } from "../../shared/base/actor.ts";
import { toHex, utf8 } from "../../shared/base/bytes.ts";
import type { Handle } from "../../shared/base/handle.ts";
import { hmacSha256 } from "../../shared/base/hmac.ts";
import { isRefusal, type Refusal, refuse } from "../../shared/base/refusal.ts";
import { type Imported, importDocument, otherExport } from "../../shared/policy/document.ts";
import type { ImportedStrand } from "../../shared/policy/insurer.ts";
import { type ImportedJournal, recordJournal } from "../../shared/policy/journal.ts";
import { advance } from "../command/advance.ts";
import { type CommandPorts, commitCommand } from "../command/commit.ts";
import { insurerState } from "../command/insurer-state.ts";
import { keyOfNobody } from "../command/key-of-nobody.ts";
import type { Appended } from "../command/transaction.ts";

/** A revision as its journal shows it: whose it is, is for {@link handlesOf}. */
export type Revision = Omit<Imported, "now" | "subject">;

/** A revision to record as version `version` of its document's stream. */
export interface Numbered {
  readonly version: bigint;
  readonly revision: Revision;
}

/** What became of some revisions: recorded now, there already, or of documents that were erased. */
export interface Recorded {
  readonly recorded: number;
  readonly already: number;
  readonly erased: readonly Numbered[];
}

/** The stream of a document, and the handle whose data it is. */
export interface DocumentHandles {
  readonly stream: Handle;
  readonly subject: Handle;
}

/**
 * The handles of a strand's documents: HMAC-SHA-256 under a key of the insurer's own, their first 16 bytes. So a document has the same ones whoever imports it, and nobody
 * without that key sees from a handle what it is of. Throws Unavailable.
 */
export async function handlesOf(
  { keys }: Pick<CommandPorts, "keys">,
  insurer: string,
): Promise<(strandId: string, documentId: string) => DocumentHandles> {
  const secret = await keyOfNobody(keys, insurer);
  const code = (what: string, strandId: string, documentId: string): Handle => {
    const named = `countersign-qldb-${what}/v1\n${insurer}\n${strandId}\n${documentId}\n`;
    return toHex(hmacSha256(secret, utf8(named)).slice(0, 16));
  };
  return (strandId, documentId) => ({
    stream: code("document", strandId, documentId),
    subject: code("subject", strandId, documentId),
  });
}

/** The journal of this strand, where it was imported to its end; undefined where it was not. Throws Unavailable. */
export const importedBefore = async (
  ports: CommandPorts,
  insurer: string,
  strandId: string,
): Promise<ImportedStrand | undefined> =>
  (await insurerState(ports, insurer))?.journals?.find((each) => each.strandId === strandId);

/**
 * Records revisions that are not there yet, all in one transaction; where one is of a document that was erased, each in its own, and that one is passed over.
 * Refused where a journal's rules are broken. Throws Unavailable; then nothing of these may be recorded, or all of it.
 */
export async function importRevisions(
  ports: CommandPorts,
  insurer: string,
  handles: (strandId: string, documentId: string) => DocumentHandles,
  some: readonly Numbered[],
): Promise<Recorded | Refusal> {
  const act: Act = { kind: "machine", now: ports.clock() };
  const placed = some.map(({ version, revision }) => {
    const { stream, subject } = handles(revision.strandId, revision.documentId);
    return { version, stream, content: { ...revision, subject } };
  });
  const done = await commitCommand(ports, insurer, act.now, async (transaction) => {
    const seen = await transaction.insurer();
    await Promise.all([
      transaction.prefetch("document", [...new Set(placed.map(({ stream }) => stream))]),
      transaction.foresee({ persons: placed.map(({ content }) => content.subject) }),
    ]);
    let recorded = 0;
    for (const { version, stream, content } of placed) {
      const before = await transaction.stream("document", stream);
      const newest = before?.version ?? 0n;
      if (before && newest >= version) {
        if (before.state.digest !== content.digest) return otherExport;
        continue;
      }
      const event = importDocument(seen, before, stream, content, act);
      if (isRefusal(event)) return event;
      // Of a document that was erased before any of it was recorded, this throws: nothing is missing then.
      const { record } = await transaction.append(event, act);
      if (record.version !== version) {
        return refuse("wrong-state", "A revision before it is missing.");
      }
      recorded++;
    }
    return { recorded, already: placed.length - recorded, erased: [] };
  });
  if (!isRefusal(done) || done.refused !== "erased") return done;
  if (some.length === 1) return { recorded: 0, already: 0, erased: some };
  let sum: Recorded = { recorded: 0, already: 0, erased: [] };
  for (const each of some) {
    const one = await importRevisions(ports, insurer, handles, [each]);
    if (isRefusal(one)) return one;
    sum = {
      recorded: sum.recorded + one.recorded,
      already: sum.already + one.already,
      erased: [...sum.erased, ...one.erased],
    };
  }
  return sum;
}

/** Records that a journal is here to its end. Refused where it was already. Throws Unavailable. */
export const finishJournal = (
  ports: CommandPorts,
  insurer: string,
  journal: ImportedJournal,
): Promise<Appended | Refusal> =>
  advance(
    ports,
    insurer,
    (transaction) => transaction.insurer(),
    (world) => recordJournal(world, journal),
    { kind: "machine", now: ports.clock() },
  );
