import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { KMSClient } from "@aws-sdk/client-kms";
import { partCipher } from "../../functions/adapters/aes/part-cipher.ts";
import { localClientConfig } from "../../functions/adapters/aws-local.ts";
import { kmsDataKeys } from "../../functions/adapters/kms/data-keys.ts";
import { openPool, type Pool } from "../../functions/adapters/postgres/pool.ts";
import { postgresStore } from "../../functions/adapters/postgres/store.ts";
import { newHandle } from "../../functions/command/handle.ts";
import { packCatalog } from "../../functions/command/pack-catalog.ts";
import { personKeys } from "../../functions/command/person-keys.ts";
import { submit } from "../../functions/command/submit.ts";
import {
  addInsurer,
  addPolicy,
  type OperatorPorts,
  setBands,
  setPayments,
} from "../../functions/operator/core.ts";
import { publishPackVersion } from "../../functions/operator/publish-pack.ts";
import { startKmsStub } from "../../local/kms/stub.ts";
import { memoryStore } from "../../local/objects/memory.ts";
import type { Act } from "../../shared/base/actor.ts";
import type { Money } from "../../shared/base/codec.ts";
import { parseDay } from "../../shared/base/day.ts";
import { isRefusal } from "../../shared/base/refusal.ts";
import type { Ruling } from "../../shared/claim/ruling.ts";
import type { Submission } from "../../shared/claim/submission.ts";
import { planSchedule } from "../../shared/coverage/packs.ts";
import type { Genesis } from "../../shared/policy/insurer.ts";
import type { Caller } from "../../shared/ports/claims.ts";
import type { ObjectStore } from "../../shared/ports/objects.ts";
import { freshDatabase } from "../cluster/database.ts";
import { payments, signedIn } from "../policy/sample.ts";
import { dataKeyFolder } from "./key-folder.ts";
import { createDataKey } from "./kms-keys.ts";

/** Real PostgreSQL, the real KMS adapter against the stub: everything commands need, for one test. */
export interface TestPlatform {
  readonly ports: OperatorPorts;
  readonly published: ObjectStore;
  /** What the ports stand on, as the app's role. */
  readonly pool: Pool;
  readonly superuserUrl: string;
  readonly url: Awaited<ReturnType<typeof freshDatabase>>["url"];
  close(): Promise<void>;
}

export const machine = (): Act => ({ kind: "machine", now: BigInt(Date.now()) * 1000n });
export const random = (bytes: number): Uint8Array => new Uint8Array(randomBytes(bytes));

/** A person nobody has met. */
export const somebody = (): Act => ({
  ...machine(),
  kind: "person",
  signatory: { person: newHandle(random), credential: signedIn },
});

/** Somebody of `insurer` who asks. */
export const callerOf = (
  insurer: string,
  role: Caller["role"],
  person = newHandle(random),
): Caller => ({ insurer, role, person, kind: "person", credential: signedIn });

export const usd = (minor: bigint): Money => ({ minor, currency: "USD" });

/** A claim of one line; a contracted amount makes the plan's schedule pay it. */
export const submissionOf = (policy: string, minor: bigint, contracted?: bigint): Submission => ({
  policy,
  event: "illness",
  lossDate: parseDay("2021-03-04", "loss"),
  diagnoses: [],
  lines: [
    {
      service: "surgery",
      claimed: usd(minor),
      ...(contracted === undefined
        ? {}
        : { contracted: { amount: usd(contracted), source: "plan" } }),
    },
  ],
  payee: { name: "Test Payee", account: "DE00TEST1" },
});

export const rulingOf = (over: Partial<Ruling> = {}): Ruling => ({
  outcome: "PAY",
  reasonCode: "COVERED",
  reason: "covered",
  fileOpenedAt: machine().now,
  documentsOpened: [],
  ...over,
});

/** Submits under a key of its own and gives the claim. */
export async function submitClaimOf(
  ports: OperatorPorts,
  claimant: Caller,
  submission: Submission,
): Promise<string> {
  const idempotency = { key: newHandle(random), fingerprint: random(32) };
  const reply = await submit(ports, claimant, submission, idempotency, machine().now);
  if (!("committed" in reply)) throw new Error(`refused: ${Object.values(reply).join(" ")}`);
  return reply.committed.claim;
}

export async function startPlatform(): Promise<TestPlatform> {
  const database = await freshDatabase();
  const pool = openPool({ url: database.url("app"), max: 16 });
  const { folder, remove } = dataKeyFolder();
  const stub = await startKmsStub({ folder });
  const client = new KMSClient(localClientConfig(stub.endpoint));
  const { keyId } = await createDataKey(client);
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
    pool,
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

/** An insurer in USD with a pack, plan-schedule unless told otherwise, band 0 up to `band`, and one policy of `limit` for one insured person. */
export async function openInsurer(
  ports: OperatorPorts,
  {
    insurer = "acme",
    simulation = false,
    limit = 1_000_000n as bigint | null,
    band = 100_000_000n,
    keys = ["test-key"],
    plan = planSchedule,
    /** Whether it has published who pays, and so can release payouts. */
    paying = false,
  } = {},
) {
  const committed = <T extends object>(result: T) => {
    if (isRefusal(result)) throw new Error(result.detail);
    return result;
  };
  const stream = newHandle(random);
  const pack = newHandle(random);
  const policy = newHandle(random);
  const insured = newHandle(random);
  const genesis: Genesis = {
    insurer,
    kind: "insurer",
    simulation,
    currency: "USD",
    keys,
  };
  committed(await addInsurer(ports, genesis, stream, machine()));
  const bands = [{ upTo: band, approvers: 0n }];
  committed(await setBands(ports, insurer, { currency: "USD", bands }, machine()));
  if (paying) committed(await setPayments(ports, insurer, payments, machine()));
  committed(await publishPackVersion(ports, insurer, pack, plan, newHandle(random), somebody()));
  const terms = {
    insured: insured,
    parties: [{ role: "insured", person: insured } as const],
    coverage: "medical",
    start: parseDay("2020-01-01", "start"),
    end: null,
    birthDate: parseDay("1980-02-29", "birth"),
    limit: limit === null ? null : { minor: limit, currency: "USD" as const },
    pack: pack,
  };
  committed(await addPolicy(ports, insurer, policy, terms, machine()));
  return { insurer, policy: policy, insured: insured, pack: pack, terms };
}
