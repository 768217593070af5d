import type { Handle } from "../../shared/base/handle.ts";
import type { CommandPorts } from "../command/commit.ts";
import { insurerState } from "../command/insurer-state.ts";
import { handlesOf } from "./import-journal.ts";

/** A document of a QLDB ledger as a log holds it: its stream, and the person whose data it is, of whom an erasure is asked. */
export interface ImportedDocument {
  readonly strandId: string;
  readonly stream: Handle;
  readonly person: Handle;
  /** Revisions that are recorded. */
  readonly revisions: bigint;
  readonly erased: boolean;
}

/** The documents of this id in the given strands, or in those whose import came to its end; [] where none was imported. Throws Unavailable. */
export async function importedDocuments(
  ports: CommandPorts,
  insurer: string,
  documentId: string,
  strand: string | undefined,
): Promise<readonly ImportedDocument[]> {
  const whole = (await insurerState(ports, insurer))?.journals ?? [];
  const strands = strand === undefined ? whole.map(({ strandId }) => strandId) : [strand];
  const handles = await handlesOf(ports, insurer);
  const named = strands.map((strandId) => ({ strandId, ...handles(strandId, documentId) }));
  const streams = named.map(({ stream }) => stream);
  const rows = await ports.store.read(insurer, (on) => on.streams("document", streams));
  return named.flatMap(({ strandId, stream, subject: person }) => {
    const row = rows.find((each) => each.stream === stream);
    const found = { strandId, stream, person, erased: row?.status === "erased" };
    return row ? [{ ...found, revisions: row.version }] : [];
  });
}
