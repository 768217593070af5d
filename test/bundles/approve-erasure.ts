import { randomBytes } from "node:crypto";
import { KMSClient } from "@aws-sdk/client-kms";
import { partCipher } from "../../functions/adapters/aes/part-cipher.ts";
import { localClientConfig } from "../../functions/adapters/aws-local.ts";
import { kmsDataKeys } from "../../functions/adapters/kms/data-keys.ts";
import { openPool } from "../../functions/adapters/postgres/pool.ts";
import { postgresStore } from "../../functions/adapters/postgres/store.ts";
import { personKeys } from "../../functions/command/person-keys.ts";
import { approve } from "../../functions/eraser/requests.ts";
import { wallClock } from "../../functions/http/clock.ts";
import { dataAlias } from "../../local/platform/kms-keys.ts";
import type { Handle } from "../../shared/base/handle.ts";
import { isRefusal } from "../../shared/base/refusal.ts";
import type { Caller } from "../../shared/ports/claims.ts";
import { type Account, originPrefix } from "./account.ts";

/** An operator's approval of the erasure that a person asked for: no route and no call takes it, so the command itself is given. Throws with the refusal. */
export async function approveErasure(
  { kmsEndpoint, database, buckets }: Account,
  operator: Caller,
  person: Handle,
): Promise<void> {
  const kms = new KMSClient(localClientConfig(kmsEndpoint));
  const pool = openPool({ url: database.url("app") });
  const ports = {
    store: postgresStore(pool),
    keys: personKeys(kmsDataKeys(kms, dataAlias), buckets["wrapped-keys"]),
    cipher: partCipher,
    packs: { load: () => Promise.reject(new Error("an approval reads no pack")) },
    originOf: (insurer: string) => `${originPrefix}/${insurer}`,
    random: (bytes: number) => new Uint8Array(randomBytes(bytes)),
    clock: wallClock,
    sleep: async () => undefined,
  };
  const done = await approve(ports, operator, person, wallClock());
  await pool.end();
  kms.destroy();
  if (isRefusal(done)) throw new Error(done.detail);
}
