import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { KMSClient } from "@aws-sdk/client-kms";
import { localClientConfig } from "../../functions/adapters/aws-local.ts";
import { partCipher } from "../../functions/adapters/aes/part-cipher.ts";
import { kmsDataKeys } from "../../functions/adapters/kms/data-keys.ts";
import { openPool } from "../../functions/adapters/postgres/pool.ts";
import { postgresStore } from "../../functions/adapters/postgres/store.ts";
import { newHandle } from "../../functions/command/handle.ts";
import { packCatalog } from "../../functions/command/pack-catalog.ts";
import { personKeys } from "../../functions/command/person-keys.ts";
import {
  addInsurer,
  addPolicy,
  type OperatorPorts,
  publishPackVersion,
  setBands,
} from "../../functions/operator/core.ts";
import { startKmsStub } from "../../local/kms/stub.ts";
import { memoryStore } from "../../local/objects/memory.ts";
import type { Act } from "../../shared/base/actor.ts";
import { parseDay } from "../../shared/base/day.ts";
import { isRefusal } from "../../shared/base/refusal.ts";
import { planSchedule } from "../../shared/coverage/packs.ts";
import type { ObjectStore } from "../../shared/ports/objects.ts";
import { freshDatabase } from "../cluster/database.ts";
import { dataKeyFolder } from "./key-folder.ts";

/** Real PostgreSQL, the real KMS adapter against the stub: everything commands need, for one test. */
export interface TestPlatform {
  readonly ports: OperatorPorts;
  readonly published: ObjectStore;
  readonly superuserUrl: string;
  readonly url: Awaited<ReturnType<typeof freshDatabase>>["url"];
  close(): Promise<void>;
}

export const machine = (): Act => ({ kind: "machine", now: BigInt(Date.now()) * 1000n });
export const random = (bytes: number): Uint8Array => new Uint8Array(randomBytes(bytes));

export async function startPlatform(): Promise<TestPlatform> {
  const database = await freshDatabase();
  const pool = openPool({ url: database.url("app"), max: 16 });
  const { folder, remove } = dataKeyFolder();
  const stub = await startKmsStub({ folder });
  const client = new KMSClient(localClientConfig(stub.endpoint));
  const { keyId } = await (await import("./kms-keys.ts")).createDataKey(client);
  const published = memoryStore();
  const ports: OperatorPorts = {
    store: postgresStore(pool),
    keys: personKeys(kmsDataKeys(client, keyId), memoryStore()),
    cipher: partCipher,
    packs: packCatalog(published),
    originOf: (insurer) => `test.countersign.example/${insurer}`,
    random,
    clock: () => BigInt(Date.now()) * 1000n,
    sleep: (ms) => sleep(ms),
  };
  return {
    ports,
    published,
    superuserUrl: database.superuserUrl,
    url: database.url,
    close: async () => {
      await pool.end();
      client.destroy();
      await stub.stop();
      await database.drop();
      remove();
    },
  };
}

/** An insurer in USD with the plan-schedule pack, bands, and one policy of `limit` for one insured person. */
export async function openInsurer(
  ports: OperatorPorts,
  { insurer = "acme", simulation = false, limit = 1_000_000n as bigint | null } = {},
) {
  const committed = <T extends object>(result: T) => {
    if (isRefusal(result)) throw new Error(result.detail);
    return result;
  };
  const [stream, pack, policy, insured] = [0, 0, 0, 0].map(() => newHandle(random));
  const genesis = {
    insurer,
    kind: "insurer",
    simulation,
    currency: "USD",
    keys: ["test-key"],
  } as const;
  committed(await addInsurer(ports, genesis, stream!, machine()));
  const bands = [{ upTo: 100_000_000n, approvers: 0n }];
  committed(await setBands(ports, insurer, { currency: "USD", bands }, machine()));
  committed(await publishPackVersion(ports, insurer, pack!, planSchedule, machine()));
  const terms = {
    insured: insured!,
    parties: [{ role: "insured", person: insured! } as const],
    coverage: "medical",
    start: parseDay("2020-01-01", "start"),
    end: null,
    birthDate: parseDay("1980-02-29", "birth"),
    limit: limit === null ? null : { minor: limit, currency: "USD" as const },
    pack: pack!,
  };
  committed(await addPolicy(ports, insurer, policy!, terms, machine()));
  return { insurer, policy: policy!, insured: insured!, pack: pack!, terms };
}
