import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  type DsqlPlace,
  dsqlTokens,
  rotatingPool,
  type TokenUrl,
} from "../../functions/adapters/postgres/dsql.ts";
import type { Pool } from "../../functions/adapters/postgres/pool.ts";
import type { CommitFaults } from "../../local/dsql/cluster.ts";
import { type DsqlStub, startDsqlStub } from "../../local/dsql/serve.ts";
import { selfSigned } from "../../local/tls/certificate.ts";
import { type FreshDatabase, freshDatabase } from "../cluster/database.ts";
import { temporaryFolder } from "../cluster/temporary.ts";

const endpoint = "abcdefghij.dsql.us-east-1.on.aws";
const arn = "arn:aws:iam::123456789012:role/sequencer";
const stranger = "arn:aws:iam::123456789012:role/stranger";
export const role = "countersign_sequencer";
const callers = {
  AKIASEQUENCER: { secret: "the sequencer's", arn },
  AKIASTRANGER: { secret: "a stranger's", arn: stranger },
};

/** Who asks for tokens from now on. */
export const askAs = (id: keyof typeof callers, secret = callers[id].secret): void =>
  void Object.assign(process.env, { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret });

/** A migrated database behind stubs of DSQL, and the adapter's own pools to them. */
export async function stubbedDsql() {
  const certificate = selfSigned(endpoint, "localhost");
  const folder = temporaryFolder("dsql");
  const authority = join(folder, "authority.pem");
  const held = { ...process.env };
  const ends: (() => Promise<unknown>)[] = [];
  writeFileSync(authority, certificate.cert);
  const database: FreshDatabase = await freshDatabase();

  /** The adapter's own URLs, to the stub in place of the cluster. */
  const to =
    ({ port }: DsqlStub, place: Partial<DsqlPlace> = {}): TokenUrl =>
    async () => {
      const url = new URL(await dsqlTokens({ endpoint, region: "us-east-1", role, ...place })());
      url.host = `localhost:${port}`;
      url.searchParams.set("sslrootcert", authority);
      return url.href;
    };
  return {
    database,
    ends,
    to,
    open: (url: TokenUrl): Pool => {
      const pool = rotatingPool(url, Date.now);
      ends.push(() => pool.end());
      return pool;
    },
    start: async (faults?: CommitFaults): Promise<DsqlStub> => {
      askAs("AKIASEQUENCER");
      const databaseUrl = database.superuserUrl;
      const nowMs = () => Date.now();
      const granted = { [role]: [arn], countersign_app: [arn] };
      const at = { endpoint, databaseUrl, certificate, callers, nowMs, granted };
      const stub = await startDsqlStub({ ...at, ...(faults && { faults }) });
      ends.push(() => stub.stop());
      return stub;
    },
    /** Ends every stub and pool since the last time. */
    endAll: async () => {
      for (const end of ends.splice(0).reverse()) await end();
    },
    drop: async () => {
      process.env = held;
      await database.drop();
      rmSync(folder, { recursive: true });
    },
  };
}
