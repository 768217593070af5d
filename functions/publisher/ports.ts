import type { Day } from "../../shared/base/day.ts";
import type { VerifierKey } from "../../shared/log/key.ts";
import type { LedgerEngine } from "../../shared/ports/ledger.ts";
import type { ObjectStore } from "../../shared/ports/objects.ts";
import type { CommittedEntries } from "../../shared/ports/publishing.ts";
import type { SigningGate } from "../../shared/ports/signing.ts";
import type { Witnesses } from "../../shared/ports/witnesses.ts";
import type { Trail } from "../sequencer/trail.ts";
import type { LogAlarm } from "./alarm.ts";

/** What the publisher has done for a log: undefined is still due. */
export interface Tended {
  readonly edge: Day | undefined;
  readonly collected: bigint | undefined;
}

/** Who cosigns, and what is remembered of them. */
export interface Witnessing {
  readonly witnesses: Witnesses;
  /** The size the log's signer signed last: no witness can have cosigned a larger one. Throws Unavailable. */
  readonly signedSize: (insurer: string) => Promise<bigint>;
  /** By insurer and witness, the size it cosigned last as far as known here: a wrong one costs a request. */
  readonly known: Map<string, bigint>;
  /** By insurer, an alarm that came after the quorum. */
  readonly alarms: Map<string, LogAlarm>;
}

/** Where entries come from and where a log is published. */
export interface PublisherPorts {
  readonly committed: CommittedEntries;
  readonly published: ObjectStore;
  /** Where of `published` the partial tiles lie: a store of their own, or the same one. */
  readonly live: ObjectStore;
  /**
   * Ciphertexts and sealed leaf hashes of what is published: private, and only the eraser deletes from it. Absent only where no database is ever
   * to be rebuilt.
   */
  readonly sealed?: ObjectStore;
  /** The log's verifier keys, their name the origin. */
  readonly logKeys: (insurer: string) => Promise<readonly VerifierKey[]>;
  /** Whose cosignatures a checkpoint needs before it is shown; absent: nobody's. */
  readonly witnessing?: Witnessing;
  /** The day it is, UTC: the log's edge is kept once on each. */
  readonly today: () => Day;
  /** Per log the day whose edge is kept, and the full bundles below which nothing is left to collect. */
  readonly tended?: Map<string, Tended>;
  /** Each log's checkpoint as it was last found signed, or put: the same bytes are not verified again. */
  readonly opened?: Map<string, Uint8Array>;
  /** Told of each batch that was placed and each checkpoint that was published, where anybody wants to know. */
  readonly trail?: Trail;
}

/** Everything one log's walk from outbox to checkpoint needs. */
export interface LogPorts extends PublisherPorts {
  readonly engine: LedgerEngine;
  readonly gate: SigningGate;
}
