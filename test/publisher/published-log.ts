import { KMSClient } from "@aws-sdk/client-kms";
import { localClientConfig } from "../../functions/adapters/aws-local.ts";
import { committedEntries } from "../../functions/adapters/postgres/publishing.ts";
import { wallClock } from "../../functions/http/clock.ts";
import type { LogPorts } from "../../functions/publisher/ports.ts";
import { initSigner, signingGate } from "../../functions/signer/core.ts";
import { logKeysOf } from "../../functions/signer/sign-note.ts";
import { startKmsStub } from "../../local/kms/stub.ts";
import { memoryStore } from "../../local/objects/memory.ts";
import { parseDay } from "../../shared/base/day.ts";
import type { VerifierKey } from "../../shared/log/key.ts";
import type { CheckpointKey } from "../../shared/ports/keys.ts";
import type { ObjectStore } from "../../shared/ports/objects.ts";
import { dataKeyFolder } from "../command/key-folder.ts";
import { createCheckpointKeys } from "../command/kms-keys.ts";
import { type SampleLog, sampleLog } from "../sequencer/sample-log.ts";

interface Stores {
  readonly published: ObjectStore;
  readonly live: ObjectStore;
  readonly sealed: ObjectStore;
  readonly signed: ObjectStore;
}

/** A log on real PostgreSQL and the KMS stub, with everything that carries its records to a checkpoint. */
export interface PublishedLog extends SampleLog, Stores {
  readonly ports: LogPorts;
  readonly logKeys: readonly VerifierKey[];
  /** The same log through other stores, as another process would see it. */
  over(stores: Partial<Stores>): LogPorts;
}

/** The day on which everything here is published. */
export const today = parseDay("2024-03-05", "today");
export const originOf = (insurer: string): string => `test.countersign.example/${insurer}`;

export async function publishedLog(...logs: string[]): Promise<PublishedLog> {
  const [log = "acme", ...more] = logs;
  const sample = await sampleLog(log, ...more);
  const { folder, remove } = dataKeyFolder();
  const stub = await startKmsStub({ folder });
  const client = new KMSClient(localClientConfig(stub.endpoint));
  const keys = await createCheckpointKeys(client);
  const published = memoryStore();
  const stores = { published, live: published, sealed: memoryStore(), signed: memoryStore() };
  for (const each of [log, ...more]) await initSigner(stores.signed, each);
  const over = (others: Partial<Stores>) =>
    portsOver(sample, keys, {
      ...stores,
      ...(others.published && { live: others.published }),
      ...others,
    });
  return {
    ...sample,
    ...stores,
    ports: over({}),
    logKeys: await logKeysOf(keys, originOf(log)),
    over,
    close: async () => {
      client.destroy();
      await stub.stop();
      await sample.close();
      remove();
    },
  };
}

function portsOver(
  sample: SampleLog,
  keys: readonly CheckpointKey[],
  { published, live, sealed, signed }: Stores,
): LogPorts {
  const engine = sample.engine();
  return {
    engine,
    gate: signingGate({
      store: signed,
      keys,
      extend: engine.extend,
      originOf,
      clock: wallClock,
    }),
    committed: committedEntries(sample.publisher),
    published,
    live,
    sealed,
    today: () => today,
    logKeys: (insurer) => logKeysOf(keys, originOf(insurer)),
  };
}
