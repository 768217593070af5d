import type { Day } from "../../shared/base/day.ts";
import type { VerifierKey } from "../../shared/log/key.ts";
import type { LedgerEngine } from "../../shared/ports/ledger.ts";
import type { ObjectStore } from "../../shared/ports/objects.ts";
import type { CommittedEntries } from "../../shared/ports/publishing.ts";
import type { SigningGate } from "../../shared/ports/signing.ts";

/** What the publisher has done for a log: undefined is still due. */
export interface Tended {
  readonly edge: Day | undefined;
  readonly collected: bigint | undefined;
}

/** Where entries come from and where a log is published. */
export interface PublisherPorts {
  readonly committed: CommittedEntries;
  readonly published: ObjectStore;
  /** Where of `published` the partial tiles lie: a store of their own, or the same one. */
  readonly live: ObjectStore;
  /** Ciphertexts and sealed leaf hashes of what is published: private, and only the eraser deletes from it. */
  readonly sealed: ObjectStore;
  /** The log's verifier keys, their name the origin. */
  readonly logKeys: (insurer: string) => Promise<readonly VerifierKey[]>;
  /** The day it is, UTC: the log's edge is kept once on each. */
  readonly today: () => Day;
  /** Per log the day whose edge is kept, and the full bundles below which nothing is left to collect. */
  readonly tended?: Map<string, Tended>;
  /** Each log's checkpoint as it was last found signed, or put: the same bytes are not verified again. */
  readonly opened?: Map<string, Uint8Array>;
}

/** Everything one log's walk from outbox to checkpoint needs. */
export interface LogPorts extends PublisherPorts {
  readonly engine: LedgerEngine;
  readonly gate: SigningGate;
}
