import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { localClientConfig } from "../../functions/adapters/aws-local.ts";
import { postgresPending } from "../../functions/adapters/postgres/pending.ts";
import { openPool, type Pool } from "../../functions/adapters/postgres/pool.ts";
import { committedEntries } from "../../functions/adapters/postgres/publishing.ts";
import { type QldbClients, qldbClients } from "../../functions/adapters/qldb/clients.ts";
import { type QldbEngine, qldbEngine } from "../../functions/adapters/qldb/engine.ts";
import { advanceJournal, type JournalPorts } from "../../functions/publisher/advance-journal.ts";
import { entriesIn } from "../../functions/publisher/entries-in.ts";
import type { TrailFields } from "../../functions/sequencer/trail.ts";
import { initSigner, signingGate } from "../../functions/signer/core.ts";
import { memoryStore } from "../../local/objects/memory.ts";
import { ensureLedger } from "../../local/platform/ensure-ledger.ts";
import { ledgerName } from "../../local/platform/qldb.ts";
import { type QldbStub, startQldbStub } from "../../local/qldb/stub.ts";
import type { CheckpointKey } from "../../shared/ports/keys.ts";
import { digestLine, digestOrigin } from "../../shared/qldb/digest-note.ts";
import { openInsurer, startPlatform, type TestPlatform } from "../command/platform.ts";
import { checkpointKeyOf, ed25519Signer } from "../log/signers.ts";

/** The name of the ledger. */
export const ledger = ledgerName;

type Walk = JournalPorts & { readonly engine: QldbEngine };

/** What of a walk is another than usual. */
interface Others {
  readonly key?: CheckpointKey;
  readonly blocksShown?: number;
}

/** One ledger of one insurer's log on real PostgreSQL and the QLDB stub, whose first digest is signed and published. */
export interface SignedLedger {
  readonly platform: TestPlatform;
  readonly opened: Awaited<ReturnType<typeof openInsurer>>;
  readonly pool: Pool;
  /** Where the stub's data lie, in `a`. */
  readonly folder: string;
  readonly stub: QldbStub;
  readonly clients: QldbClients;
  readonly published: ReturnType<typeof memoryStore>;
  readonly signerState: ReturnType<typeof memoryStore>;
  readonly origin: string;
  readonly signer: ReturnType<typeof ed25519Signer>;
  /** What the walk told of its trail. */
  readonly told: [string, TrailFields][];
  readonly walk: Walk;
  /** The walk over the ledger of other clients, or with other parts. */
  walkOn(clients: QldbClients, others?: Others): Promise<Walk>;
  /** Adds a block that holds no record. */
  grow(text: string, on?: QldbClients): Promise<unknown>;
  close(): Promise<void>;
}

export async function signedLedger(): Promise<SignedLedger> {
  const platform = await startPlatform();
  const folder = await mkdtemp(join(tmpdir(), "qldb-signed-"));
  const stub = await startQldbStub({ folder: join(folder, "a") });
  const clients = qldbClients(localClientConfig(stub.endpoint), ledger);
  await ensureLedger(clients);
  const pool = openPool({ url: platform.url("sequencer"), max: 2 });
  const opened = await openInsurer(platform.ports);
  const { insurer } = opened;
  const origin = digestOrigin(platform.ports.originOf(insurer).replace(`/${insurer}`, ""), ledger);
  const signer = ed25519Signer(origin, 9);
  const [published, signerState] = [memoryStore(), memoryStore()];
  const told: [string, TrailFields][] = [];
  const { clock } = platform.ports;

  async function walkOn(on: QldbClients, { key, ...others }: Others = {}): Promise<Walk> {
    const outbox = postgresPending(pool, clock);
    const engine = qldbEngine({ clients: on, outbox, ...others });
    const gate = signingGate({
      store: signerState,
      keys: [key ?? checkpointKeyOf(signer)],
      extend: engine.extend,
      originOf: () => origin,
      extensions: [digestLine(await engine.journal.strandId())],
      clock,
    });
    const insurers = async () => [insurer];
    const logKeys = async () => [signer.key];
    return {
      ...{ ledger, engine, journal: engine.journal, gate, insurers, published, logKeys },
      trail: (message, fields) => void told.push([message, fields]),
      entriesIn: entriesIn(outbox, committedEntries(pool)),
    };
  }

  await initSigner(signerState, ledger);
  const walk = await walkOn(clients);
  const first = await advanceJournal(walk);
  if ("alarm" in first) throw new Error(first.detail);
  return {
    ...{ platform, opened, pool, folder, stub, clients, published, signerState, origin, signer },
    ...{ told, walk, walkOn },
    grow: (text, on = clients) =>
      on.driver.executeLambda((transaction) =>
        transaction.execute(`INSERT INTO log_${insurer.replaceAll("-", "_")} ?`, { text }),
      ),
    close: async () => {
      await pool.end();
      clients.close();
      await stub.stop();
      await platform.close();
      await rm(folder, { recursive: true });
    },
  };
}
