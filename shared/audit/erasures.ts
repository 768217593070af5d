import { decodeContent } from "../base/event.ts";
import type { Handle } from "../base/handle.ts";
import { Malformed } from "../base/malformed.ts";
import { type Cover, type Recorded, recordedForm } from "../policy/erasure-forms.ts";
import { type LedgerRecord, parseRecord } from "../record/record.ts";
import type { Opening } from "../record/sealed.ts";
import type { Chain } from "./chain.ts";
import { formOf } from "./streams.ts";

interface ErasedStream {
  readonly person: Handle;
  readonly version: bigint;
  readonly classes: ReadonlySet<string>;
}

const mark = [...'"type":"erasure.recorded"'].map((letter) => letter.charCodeAt(0));

/** What a log's erasures cover, read ahead: an erasure stands after the records it closes. */
export class Erasures {
  readonly #streams = new Map<Handle, ErasedStream>();
  readonly #actors = new Map<string, Handle>();
  readonly #siblings = new Map<Handle, Handle[]>();

  /** Takes in what the entries of one bundle erase; what is no record is left to the check of entries. */
  read(entries: readonly Uint8Array[]): void {
    for (const entry of entries) {
      if (!holds(entry)) continue;
      try {
        const { type, stream, body } = parseRecord(entry);
        if (type !== recordedForm.type || !("public" in body)) continue;
        this.#add(stream, decodeContent(recordedForm, body.public));
      } catch (error) {
        if (!(error instanceof Malformed)) throw error;
      }
    }
  }

  #add(person: Handle, { classes, covers }: Recorded): void {
    for (const { stream, version, as } of covers) {
      if (as === "actor") {
        this.#actors.set(`${stream}/${version}`, person);
        continue;
      }
      const before = this.#streams.get(stream);
      const all = new Set([...(before?.classes ?? []), ...classes]);
      const newest = before && before.version > version ? before.version : version;
      this.#streams.set(stream, { person, version: newest, classes: all });
      if (!before) this.#siblings.set(person, [...(this.#siblings.get(person) ?? []), stream]);
    }
  }

  /** Whether an erasure closed the record's content. */
  covers({ stream, version }: LedgerRecord): boolean {
    const erased = this.#streams.get(stream);
    return erased !== undefined && version <= erased.version;
  }

  /** The erased person whom the stream is about; undefined where it is about nobody who was erased. */
  subjectOf(stream: Handle): Handle | undefined {
    return this.#streams.get(stream)?.person;
  }

  /** Whether an erasure closed this part of the record: the subject's classes it names, or an actor's. */
  coversPart(
    record: Pick<LedgerRecord, "stream" | "version">,
    part: { readonly person: Handle; readonly class: string },
  ): boolean {
    if (this.#actors.get(`${record.stream}/${record.version}`) === part.person) return true;
    const erased = this.#streams.get(record.stream);
    if (erased?.person !== part.person || record.version > erased.version) return false;
    return erased.classes.has(part.class);
  }

  /** Who acted in the record, where only that was erased. */
  actorOf({ stream, version }: LedgerRecord): Handle | undefined {
    return this.#actors.get(`${stream}/${version}`);
  }

  /** Every stream about the person whom `stream` is about: what an erased record moved is one of theirs. */
  siblings(stream: Handle): readonly Handle[] {
    const person = this.#streams.get(stream)?.person;
    return (person && this.#siblings.get(person)) || [];
  }

  /** A path that is open though its class was erased. */
  stillOpen({ stream, type }: LedgerRecord, openings: readonly Opening[]): string | undefined {
    const { financial, staff } = formOf(type);
    const { classes } = this.#streams.get(stream) ?? { classes: new Set<string>() };
    return openings.find(
      ({ path }) =>
        !staff.includes(path) &&
        classes.has(financial.includes(path) ? "financial" : "identity-and-health"),
    )?.path;
  }
}

/** Last acts after which a stream about a person is over. */
export const ends: ReadonlySet<string> = new Set([
  ...["claim.closed", "claim.withdrawn", "policy.cancelled"],
  ...["payout.reported", "payout.recovered", "payout.stopped", "payout.voided", "payout.reissued"],
  // Nothing is ever due of a document that was brought here.
  "document.imported",
]);

/** What is wrong with the places an erasure names, by the types of the records so far: one that is not there, or not over. */
export function wrongCover(chain: Chain, covers: readonly Cover[]): string | undefined {
  for (const { stream, version, as } of covers) {
    const newest = chain.newest(stream);
    if (!newest || version > newest.version) return `version ${version} of ${stream}, not there`;
    if (as === "subject" && !ends.has(newest.type)) return `${stream}, after ${newest.type}`;
  }
  return undefined;
}

function holds(entry: Uint8Array): boolean {
  const [first = 0] = mark;
  for (let at = entry.indexOf(first); at >= 0; at = entry.indexOf(first, at + 1)) {
    if (mark.every((byte, offset) => entry[at + offset] === byte)) return true;
  }
  return false;
}
