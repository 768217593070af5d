import { describe, expect, test } from "@jest/globals";
import pg from "pg";
import { dsqlTokens, parseDsqlUrl, rotatingPool } from "../../functions/adapters/postgres/dsql.ts";
import {
  grantStatements,
  parseDatabaseRoles,
} from "../../functions/adapters/postgres/dsql-roles.ts";
import type { Pool } from "../../functions/adapters/postgres/pool.ts";
import { Malformed } from "../../shared/base/malformed.ts";
import { Unavailable } from "../../shared/ports/unavailable.ts";

const endpoint = "abcdefghij.dsql.eu-west-1.on.aws";

describe("DATABASE_URL", () => {
  test("dsql:// names role, endpoint and region; another scheme is PostgreSQL's", () => {
    const place = { endpoint, region: "eu-west-1", role: "countersign_app" };
    expect(parseDsqlUrl(`dsql://countersign_app@${endpoint}`)).toEqual(place);
    expect(parseDsqlUrl("postgres://u:p@127.0.0.1:5432/d")).toBeUndefined();
  });

  test.each([
    `dsql://${endpoint}`,
    "dsql://countersign_app@evil.example",
    `dsql://countersign_app@${endpoint}/postgres`,
    `dsql://countersign_app@${endpoint}.evil.example`,
    `dsql://a:b@${endpoint}`,
  ])("%s is refused", (text) => {
    expect(() => parseDsqlUrl(text)).toThrow(Malformed);
  });
});

describe("the URL with a token", () => {
  const keys = { AWS_ACCESS_KEY_ID: "AKIDEXAMPLE", AWS_SECRET_ACCESS_KEY: "secret" };
  const urlOf = async (role: string) => {
    Object.assign(process.env, keys);
    try {
      return new URL(await dsqlTokens({ endpoint, region: "eu-west-1", role })());
    } finally {
      for (const name of Object.keys(keys)) delete process.env[name];
    }
  };

  test("signs for the role's own action, for 15 minutes", async () => {
    const app = new URLSearchParams(decodeURIComponent((await urlOf("countersign_app")).password));
    const admin = decodeURIComponent((await urlOf("admin")).password);
    expect(app.get(`${endpoint}/?Action`)).toBe("DbConnect");
    expect(app.get("X-Amz-Expires")).toBe("900");
    expect(admin).toContain("Action=DbConnectAdmin&");
  });

  test("checks the server's name and sends no setting that DSQL refuses", async () => {
    const connectionString = (await urlOf("countersign_app")).href;
    const refused = {
      statement_timeout: 15_000,
      idle_in_transaction_session_timeout: 60_000,
      options: "-c default_transaction_isolation=serializable",
    };
    const startup = (more: object) => {
      const client = new pg.Client({ connectionString, ...more }) as pg.Client & {
        getStartupConf(): Record<string, string>;
      };
      expect(client.ssl).toEqual({});
      return Object.keys(client.getStartupConf());
    };
    expect(startup(refused)).toEqual(startup({}));
    expect(startup({})).not.toContain("statement_timeout");
  });
});

describe("the rotating pool", () => {
  const start = () => {
    const opened: { url: string; ended: number; released: number }[] = [];
    const open = (url: string): Pool => {
      const state = { url, ended: 0, released: 0 };
      opened.push(state);
      const query = async () => ({ rows: [], rowCount: 0 });
      return {
        query,
        lease: async () => ({
          query,
          begin: async () => {},
          commit: async () => {},
          rollback: async () => true,
          release: () => void state.released++,
        }),
        end: async () => void state.ended++,
      };
    };
    const clock = { nowMs: 0, fail: false };
    let count = 0;
    const url = async () => {
      if (clock.fail) throw new Error("no credentials");
      return `url-${++count}`;
    };
    return { opened, clock, pool: rotatingPool(url, () => clock.nowMs, open) };
  };

  test("asks for one URL in ten minutes and ends a pool after its last use", async () => {
    const { opened, clock, pool } = start();
    const lease = await pool.lease();
    await Promise.all([pool.query("SELECT 1"), pool.query("SELECT 2")]);
    expect(opened.map(({ url }) => url)).toEqual(["url-1"]);
    clock.nowMs = 10 * 60_000;
    await pool.query("SELECT 3");
    expect(opened.map(({ url, ended }) => [url, ended])).toEqual([
      ["url-1", 0],
      ["url-2", 0],
    ]);
    lease.release();
    await new Promise(setImmediate);
    expect(opened.map(({ ended }) => ended)).toEqual([1, 0]);
    await pool.end();
    expect(opened.map(({ ended }) => ended)).toEqual([1, 1]);
  });

  test("without a token the database is unavailable, and asked again next time", async () => {
    const { clock, opened, pool } = start();
    clock.fail = true;
    await expect(pool.query("SELECT 1")).rejects.toThrow(Unavailable);
    await expect(pool.lease()).rejects.toThrow(Unavailable);
    clock.fail = false;
    await pool.query("SELECT 1");
    expect(opened).toHaveLength(1);
  });
});

describe("database roles", () => {
  test("each may log in and is granted to its IAM roles, one statement each", () => {
    const arn = "arn:aws:iam::123456789012:role/CountersignPlatform-Role1";
    expect(grantStatements(parseDatabaseRoles(JSON.stringify({ countersign_app: [arn] })))).toEqual(
      ["ALTER ROLE countersign_app WITH LOGIN", `AWS IAM GRANT countersign_app TO '${arn}'`],
    );
  });

  test.each([
    "nothing",
    `{"admin":["arn:aws:iam::123456789012:role/a"]}`,
    `{"countersign_app":["arn:aws:iam::123456789012:role/a'; DROP TABLE claim; --"]}`,
    `{"countersign_app; DROP ROLE x":[]}`,
  ])("%s is refused", (text) => {
    expect(() => parseDatabaseRoles(text)).toThrow(Malformed);
  });
});
