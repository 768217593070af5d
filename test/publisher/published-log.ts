import { KMSClient } from "@aws-sdk/client-kms";
import { localClientConfig } from "../../functions/adapters/aws-local.ts";
import { kmsCheckpointKey } from "../../functions/adapters/kms/checkpoint-key.ts";
import { committedEntries } from "../../functions/adapters/postgres/publishing.ts";
import type { LogPorts } from "../../functions/publisher/ports.ts";
import { initSigner, signingGate } from "../../functions/signer/core.ts";
import { startKmsStub } from "../../local/kms/stub.ts";
import { memoryStore } from "../../local/objects/memory.ts";
import { type VerifierKey, verifierKey } from "../../shared/log/key.ts";
import type { CheckpointKey } from "../../shared/ports/keys.ts";
import type { ObjectStore } from "../../shared/ports/objects.ts";
import { dataKeyFolder } from "../command/key-folder.ts";
import { createSigningKey } from "../command/kms-keys.ts";
import { type SampleLog, sampleLog } from "../sequencer/sample-log.ts";

interface Stores {
  readonly published: ObjectStore;
  readonly sealed: ObjectStore;
  readonly signed: ObjectStore;
}

/** A log on real PostgreSQL and the KMS stub, with everything that carries its records to a checkpoint. */
export interface PublishedLog extends SampleLog, Stores {
  readonly ports: LogPorts;
  readonly logKey: VerifierKey;
  /** The same log through other stores, as another process would see it. */
  over(stores: Partial<Stores>): LogPorts;
}

export const originOf = (insurer: string): string => `test.countersign.example/${insurer}`;

export async function publishedLog(...logs: string[]): Promise<PublishedLog> {
  const [log = "acme", ...more] = logs;
  const sample = await sampleLog(log, ...more);
  const { folder, remove } = dataKeyFolder();
  const stub = await startKmsStub({ folder });
  const client = new KMSClient(localClientConfig(stub.endpoint));
  const { keyId } = await createSigningKey(client);
  const key = kmsCheckpointKey(client, keyId);
  const stores = { published: memoryStore(), sealed: memoryStore(), signed: memoryStore() };
  for (const each of [log, ...more]) await initSigner(stores.signed, each);
  const over = (others: Partial<Stores>) => portsOver(sample, key, { ...stores, ...others });
  return {
    ...sample,
    ...stores,
    ports: over({}),
    logKey: await keyOf(key, log),
    over,
    close: async () => {
      client.destroy();
      await stub.stop();
      await sample.close();
      remove();
    },
  };
}

const keyOf = async (key: CheckpointKey, insurer: string) =>
  verifierKey(originOf(insurer), "ed25519", await key.publicKey());

function portsOver(
  sample: SampleLog,
  key: CheckpointKey,
  { published, sealed, signed }: Stores,
): LogPorts {
  const engine = sample.engine();
  return {
    engine,
    gate: signingGate({ store: signed, key, extends: engine.extends, originOf }),
    committed: committedEntries(sample.publisher),
    published,
    sealed,
    logKey: (insurer) => keyOf(key, insurer),
  };
}
