import type { Handle } from "../base/handle.ts";
import { Malformed } from "../base/malformed.ts";
import { type Imported, importedForm } from "../policy/document.ts";
import { type ImportedJournal, journalForm } from "../policy/journal.ts";
import { type Finding, finding } from "./finding.ts";

/** Revisions of other ledgers' documents that a log holds: all of them, how many prove in the digest of their journal, and how many are not open. */
export interface ImportCount {
  readonly revisions: number;
  readonly proven: number;
  readonly unread: number;
}

/** The digest, in base64, that a revision's proof leads to; Malformed where its hash is not that of its content (shared/qldb/kept-revision.ts). */
export type ProvenDigest = (imported: Imported) => string;

/** What is open of one journal. */
interface Open {
  documents: number;
  revisions: number;
  redacted: number;
  deletions: number;
  /** The digests that proofs lead to, each with how many do and where the first of these stand. */
  readonly digests: Map<string, { count: number; readonly at: bigint[] }>;
}

/** Digests of one journal, and places of one digest, that are told apart; an honest log has one digest. */
const mostTold = 1_000;

/**
 * Every revision that was imported from a QLDB journal, and is open, by its own hash and proof; then each journal by what its record says of them. What is recorded of a
 * journal that has no record yet is an import that was not finished: counted, and not called wrong.
 */
export class ImportedJournals {
  readonly #open = new Map<string, Open>();
  readonly #journals: { readonly index: bigint; readonly journal: ImportedJournal }[] = [];
  readonly #wrong: { readonly index: bigint; readonly problem: string }[] = [];
  readonly #provenDigest: ProvenDigest | undefined;
  #unread = 0;

  /** Without `provenDigest` no revision is read. */
  constructor(provenDigest: ProvenDigest | undefined) {
    this.#provenDigest = provenDigest;
  }

  /** Takes in a record at `index`; `content` undefined where it is closed. */
  take(
    index: bigint,
    { type }: { readonly type: string; readonly stream: Handle },
    content: unknown,
    version: bigint,
  ): void {
    if (type === journalForm.type && content) {
      this.#journals.push({ index, journal: content as ImportedJournal });
    }
    if (type !== importedForm.type) return;
    const prove = this.#provenDigest;
    if (content && prove) this.#revision(index, content as Imported, version, prove);
    else this.#unread++;
  }

  #revision(index: bigint, imported: Imported, version: bigint, prove: ProvenDigest): void {
    const open = this.#open.get(imported.strandId) ?? nothing();
    this.#open.set(imported.strandId, open);
    open.revisions++;
    if (version === 1n) open.documents++;
    if (imported.dataHash !== undefined) open.redacted++;
    else if (imported.data === undefined) open.deletions++;
    try {
      const digest = prove(imported);
      if (digest !== imported.digest) throw new Malformed("proof", `leads to ${digest}`);
      const led = open.digests.get(digest) ?? { count: 0, at: [] };
      led.count++;
      if (led.at.length < mostTold) led.at.push(index);
      if (open.digests.size < mostTold) open.digests.set(digest, led);
    } catch (error) {
      if (!(error instanceof Malformed)) throw error;
      this.#wrong.push({ index, problem: error.message });
    }
  }

  get count(): ImportCount {
    const open = [...this.#open.values()].reduce((sum, { revisions }) => sum + revisions, 0);
    const proven = this.#journals.reduce(
      (sum, { journal: { strandId, digest } }) =>
        sum + (this.#open.get(strandId)?.digests.get(digest)?.count ?? 0),
      0,
    );
    return { revisions: open + this.#unread, proven, unread: this.#unread };
  }

  /** What is wrong, once the whole log was taken in. */
  findings(origin: string): Finding[] {
    const differs = (index: bigint, expected: string, found: string): Finding =>
      finding(origin, "import-differs", { index }, expected, found);
    const wrong = this.#wrong.map(({ index, problem }) =>
      differs(index, "a revision with its own hash, and a proof that leads to its digest", problem),
    );
    const journals = this.#journals.flatMap(({ index, journal }) => {
      const open = this.#open.get(journal.strandId) ?? nothing();
      const astray = [...open.digests].filter(([digest]) => digest !== journal.digest);
      const unproven = astray.flatMap(([digest, { at }]) =>
        at.map((place) => differs(place, `a proof of digest ${journal.digest}`, `of ${digest}`)),
      );
      const [said, here] = [counted(journal), counted(open)];
      const fits = this.#unread === 0 ? said === here : this.#mayHold(journal, open);
      return fits ? unproven : [...unproven, differs(index, `${here}, as recorded`, said)];
    });
    return [...wrong, ...journals];
  }

  /** With records that are closed, their journals unknown: whether the number of revisions can be right. */
  #mayHold({ revisions }: ImportedJournal, open: Open): boolean {
    const said = Number(revisions);
    return open.revisions <= said && said <= open.revisions + this.#unread;
  }
}

const nothing = (): Open => ({
  documents: 0,
  revisions: 0,
  redacted: 0,
  deletions: 0,
  digests: new Map(),
});

const counted = (
  of: Readonly<Record<"documents" | "revisions" | "redacted" | "deletions", unknown>>,
) =>
  `${of.documents} documents, ${of.revisions} revisions, ${of.redacted} redacted, ${of.deletions} deletions`;
