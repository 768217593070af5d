import { rmSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { entryIndexes } from "../../functions/adapters/postgres/entry-indexes.ts";
import { openPool, type Pool } from "../../functions/adapters/postgres/pool.ts";
import { enrol, postgresPrincipals } from "../../functions/adapters/postgres/principals.ts";
import { databaseReady } from "../../functions/adapters/postgres/ready.ts";
import { adjudicateWaiting } from "../../functions/adjudicator/core.ts";
import { claimantEndpoints } from "../../functions/claimant/endpoints.ts";
import { claimsPort } from "../../functions/command/claims-port.ts";
import { decisionsPort } from "../../functions/command/decisions-port.ts";
import { newHandle } from "../../functions/command/handle.ts";
import { wallClock } from "../../functions/http/clock.ts";
import { dispatch } from "../../functions/http/dispatch.ts";
import { unrouted } from "../../functions/http/unrouted.ts";
import { decisionEndpoints } from "../../functions/insurer/endpoints/claims.ts";
import { publicEndpoints } from "../../functions/public/endpoints.ts";
import { startGateway } from "../../local/gateway/start.ts";
import { machineToken, personToken } from "../../local/issuer/ask.ts";
import { clientSecret } from "../../local/issuer/client-secret.ts";
import { startIssuer } from "../../local/issuer/start.ts";
import { localUser } from "../../local/issuer/users.ts";
import { memoryStore } from "../../local/objects/memory.ts";
import { formatInstant } from "../../shared/base/instant.ts";
import { temporaryFolder } from "../cluster/temporary.ts";
import {
  callerOf,
  openInsurer,
  random,
  startPlatform,
  submissionOf,
  submitClaimOf,
  type TestPlatform,
} from "../command/platform.ts";
import { noDocuments } from "./documents.ts";

/*
 * A denial over HTTP with everything real behind it: tokens, gateway, endpoints, table of principals, commands, PostgreSQL. Robot and
 * clerk are machine clients; robot's row says machine, clerk's, by somebody's mistake, person.
 */
const users = [
  localUser("bruno", "adjuster"),
  localUser("robot", "adjuster", "machine"),
  localUser("clerk", "adjuster", "machine"),
];
let platform: TestPlatform;
let pool: Pool;
let folder: string;
let issuer: Awaited<ReturnType<typeof startIssuer>>;
let gateway: Awaited<ReturnType<typeof startGateway>>;

beforeAll(async () => {
  platform = await startPlatform();
  pool = openPool({ url: platform.url("app"), max: 2 });
  folder = temporaryFolder("machine-denies");
  issuer = await startIssuer({ folder, port: 0, users });
  const principals = postgresPrincipals(pool);
  const log = { info: () => undefined, error: () => undefined };
  const published = memoryStore();
  const edge = { principals, log, now: wallClock };
  const claims = claimsPort(platform.ports, published);
  gateway = await startGateway({
    port: 0,
    handlers: {
      insurer: dispatch(decisionEndpoints(edge, decisionsPort(platform.ports))),
      claimant: claimantEndpoints(edge, {
        claims,
        commands: platform.ports,
        evidence: noDocuments,
        pause: async (ms) => ms,
      }),
      public: publicEndpoints(edge, {
        published,
        indexes: entryIndexes(pool),
        ready: databaseReady(pool),
      }),
      unrouted: unrouted(edge),
      auditor: async () => undefined,
    },
    trusted: { issuer: issuer.issuer, jwks: issuer.jwks, audience: issuer.clientIds },
    published,
    log: () => undefined,
  });
});
afterAll(async () => {
  await gateway?.stop(500);
  await issuer?.stop(500);
  await pool?.end();
  await platform?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A referred claim of an insurer whose adjusters are the three. */
async function referredClaim(insurer: string): Promise<string> {
  const { ports } = platform;
  const { policy, insured } = await openInsurer(ports, { insurer });
  const adjuster = { insurer, role: "adjuster" } as const;
  const kinds = { robot: "machine", clerk: "person", bruno: "person" } as const;
  for (const { username, sub } of users) {
    const kind = kinds[username as keyof typeof kinds];
    const principal = { ...adjuster, person: newHandle(random), kind };
    await enrol(pool, issuer.issuer, sub, principal);
  }
  const claimant = callerOf(insurer, "claimant", insured);
  const claim = await submitClaimOf(ports, claimant, submissionOf(policy, 5_000n));
  expect(await adjudicateWaiting(ports, insurer, 1)).toBe(1);
  return claim;
}

async function deny(username: string, claim: string, outcome = "DENY") {
  const token =
    username === "bruno"
      ? await personToken(issuer.url, username)
      : await machineToken(issuer.url, username, clientSecret(folder, username));
  const authorization = `Bearer ${token}`;
  const seen = await fetch(`${gateway.url}/claims/${claim}`, { headers: { authorization } });
  const etag = seen.headers.get("etag") ?? '"unseen"';
  const answer = await fetch(`${gateway.url}/claims/${claim}/decisions`, {
    method: "POST",
    headers: {
      authorization,
      "content-type": "application/json",
      "idempotency-key": newHandle(random),
      "if-match": etag,
    },
    body: JSON.stringify({
      outcome,
      reasonCode: outcome === "DENY" ? "NOT_COVERED" : "COVERED",
      reason: "said so",
      fileOpenedAt: formatInstant(wallClock()),
      documentsOpened: [{ stream: claim, version: "2" }],
    }),
  });
  const body = (await answer.json()) as { type?: string; record?: { bytes: string } };
  return { ...body, status: answer.status };
}

const personRequired = { status: 403, type: "urn:countersign:problem:person-required" };

test("a machine's token denies nothing, whatever its row says; a person's does, and seals what it showed", async () => {
  const claim = await referredClaim("acme");
  expect(await deny("robot", claim)).toMatchObject(personRequired);
  expect(await deny("clerk", claim)).toMatchObject(personRequired);
  expect(await deny("robot", claim, "PAY")).toMatchObject(personRequired);
  const denied = await deny("bruno", claim);
  expect(denied.status).toBe(201);
  expect(denied.record?.bytes).not.toContain(issuer.issuer);
  const openings = (denied as unknown as { openings: { path: string; value: unknown }[] }).openings;
  expect(openings.find(({ path }) => path === "by")?.value).toEqual({
    person: expect.stringMatching(/^[0-9a-f]{32}$/),
    credential: {
      kind: "access-token",
      issuer: issuer.issuer,
      method: null,
      handle: expect.stringMatching(/^[0-9a-f]{32}$/),
    },
  });
});

test("a machine that denies a claim of another insurer, or none, finds no claim", async () => {
  const { policy, insured } = await openInsurer(platform.ports, { insurer: "other" });
  const claimant = callerOf("other", "claimant", insured);
  const foreign = await submitClaimOf(platform.ports, claimant, submissionOf(policy, 5_000n));
  for (const claim of [foreign, newHandle(random)]) {
    expect(await deny("robot", claim)).toMatchObject({ status: 404 });
  }
});
