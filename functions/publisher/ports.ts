import type { VerifierKey } from "../../shared/log/key.ts";
import type { LedgerEngine } from "../../shared/ports/ledger.ts";
import type { ObjectStore } from "../../shared/ports/objects.ts";
import type { CommittedEntries } from "../../shared/ports/publishing.ts";
import type { SigningGate } from "../../shared/ports/signing.ts";

/** Where entries come from and where a log is published. */
export interface PublisherPorts {
  readonly committed: CommittedEntries;
  readonly published: ObjectStore;
  /** Ciphertexts and sealed leaf hashes of what is published: private, and only the eraser deletes from it. */
  readonly sealed: ObjectStore;
  /** The log's verifier keys, their name the origin. */
  readonly logKeys: (insurer: string) => Promise<readonly VerifierKey[]>;
  /** Each log's checkpoint as it was last found signed, or put: the same bytes are not verified again. */
  readonly opened?: Map<string, Uint8Array>;
}

/** Everything one log's walk from outbox to checkpoint needs. */
export interface LogPorts extends PublisherPorts {
  readonly engine: LedgerEngine;
  readonly gate: SigningGate;
}
