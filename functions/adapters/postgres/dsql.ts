import { DsqlSigner } from "@aws-sdk/dsql-signer";
import { Malformed } from "../../../shared/base/malformed.ts";
import { Unavailable } from "../../../shared/ports/unavailable.ts";
import { statementAgain } from "./again.ts";
import { type Lease, openPool, type Pool } from "./pool.ts";

/** What the role that connects must be allowed; `admin` is the database role of migrations. */
export const needs = [{ action: "dsql:DbConnect", resource: "cluster" }] as const;
export const adminNeeds = [{ action: "dsql:DbConnectAdmin", resource: "cluster" }] as const;

/** An Aurora DSQL cluster as one of its database roles. */
export interface DsqlPlace {
  readonly endpoint: string;
  readonly region: string;
  readonly role: string;
}

/** Reads `dsql://ROLE@CLUSTER.dsql.REGION.on.aws`; undefined for another scheme, Malformed for a bad one. */
export function parseDsqlUrl(text: string): DsqlPlace | undefined {
  if (!text.startsWith("dsql://")) return undefined;
  const match = /^dsql:\/\/([a-z_]{1,63})@([a-z0-9]+\.dsql\.([a-z0-9-]+)\.on\.aws)$/.exec(text);
  const [, role, endpoint, region] = match ?? [];
  if (!role || !endpoint || !region) {
    throw new Malformed("DATABASE_URL", "is not dsql://ROLE@CLUSTER.dsql.REGION.on.aws");
  }
  return { endpoint, region, role };
}

/** Gives the URL of one connection: a fresh IAM token is its password. */
export type TokenUrl = () => Promise<string>;

const tokenSeconds = 900;

/**
 * URLs of `place` with IAM tokens, valid 15 minutes. The empty settings keep `pg` from sending what DSQL refuses: it has no
 * statement_timeout, and repeatable read is its only isolation level.
 */
export function dsqlTokens({ endpoint, region, role }: DsqlPlace): TokenUrl {
  const signer = new DsqlSigner({ hostname: endpoint, region, expiresIn: tokenSeconds });
  return async () => {
    const token = await (role === "admin"
      ? signer.getDbConnectAdminAuthToken()
      : signer.getDbConnectAuthToken());
    const unset = "options=&statement_timeout=&idle_in_transaction_session_timeout=";
    const who = `${role}:${encodeURIComponent(token)}`;
    return `postgres://${who}@${endpoint}:5432/postgres?sslmode=verify-full&${unset}`;
  };
}

interface Generation {
  readonly pool: Promise<Pool>;
  readonly until: number;
  uses: number;
  retired: boolean;
}

const generationMs = 10 * 60_000;

/**
 * A pool whose URL is asked for anew every 10 minutes, so that no new connection meets an expired token and none lives for
 * the 60 minutes DSQL allows. A retired pool ends with its last use. A statement of its own that lost to others is sent again; to the end, that is Unavailable. `nowMs` is a
 * clock in milliseconds.
 */
export function rotatingPool(
  url: TokenUrl,
  nowMs: () => number,
  open: (url: string) => Pool = (text) => openPool({ url: text, max: 4 }),
): Pool {
  let current: Generation | undefined;
  const retire = async (generation: Generation | undefined): Promise<void> => {
    if (!generation) return;
    generation.retired = true;
    if (generation.uses === 0) await (await generation.pool.catch(() => undefined))?.end();
  };
  const take = async (): Promise<{ pool: Pool; done: () => void }> => {
    if (!current || nowMs() >= current.until) {
      void retire(current);
      const pool = url().then(open, (cause: unknown) => {
        throw new Unavailable("database", "no token", { cause });
      });
      current = { pool, until: nowMs() + generationMs, uses: 0, retired: false };
    }
    const mine = current;
    mine.uses++;
    const done = () => {
      mine.uses--;
      if (mine.retired) void retire(mine);
    };
    try {
      return { pool: await mine.pool, done };
    } catch (error) {
      done();
      if (current === mine) current = undefined;
      throw error;
    }
  };
  return {
    query: async (text, values) => {
      const { pool, done } = await take();
      try {
        return await statementAgain(() => pool.query<never>(text, values));
      } finally {
        done();
      }
    },
    lease: async () => {
      const { pool, done } = await take();
      try {
        return endingWith(await pool.lease(), done);
      } catch (error) {
        done();
        throw error;
      }
    },
    end: async () => {
      await retire(current);
      current = undefined;
    },
  };
}

const endingWith = (lease: Lease, done: () => void): Lease => ({
  ...lease,
  release: (broken) => {
    lease.release(broken);
    done();
  },
});
