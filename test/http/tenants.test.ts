import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { Context } from "aws-lambda";
import { insurerRows } from "../../functions/adapters/postgres/insurer-rows.ts";
import { adjudicateWaiting } from "../../functions/adjudicator/core.ts";
import { auditorEndpoints } from "../../functions/auditor/endpoints.ts";
import { claimantEndpoints } from "../../functions/claimant/endpoints.ts";
import { claimsPort } from "../../functions/command/claims-port.ts";
import { decisionsPort } from "../../functions/command/decisions-port.ts";
import { declareOwn } from "../../functions/command/evidence.ts";
import { newHandle } from "../../functions/command/handle.ts";
import { wallClock } from "../../functions/http/clock.ts";
import type { LambdaHandler } from "../../functions/http/event.ts";
import { insurerEndpoints } from "../../functions/insurer/endpoints.ts";
import { exampleEvidence } from "../../shared/api/example.ts";
import { scopes } from "../../shared/api/role.ts";
import { type Audience, type Route, routeKeyOf } from "../../shared/api/route.ts";
import { routeTable } from "../../shared/api/routes.ts";
import type { Principal } from "../../shared/ports/claims.ts";
import {
  callerOf,
  openInsurer,
  random,
  startPlatform,
  submissionOf,
  submitClaimOf,
  type TestPlatform,
} from "../command/platform.ts";
import { principalsDouble } from "./claims-double.ts";
import { startDocuments } from "./documents.ts";
import { eventOf } from "./matrix.ts";

/*
 * Every route that names a thing by its handle, asked for a thing that is there by those to whom it is nothing: whoever holds the right role with another
 * insurer, and a claimant who is no party to it. To both it is as if it were not there. Everything behind the endpoints is real.
 */
const [here, elsewhere] = ["acme", "other"] as const;
/** What stands behind the first variable of a path; a row that begins otherwise fails until it is said here. */
let things: Record<string, string>;
let functions: Partial<Record<Audience, LambdaHandler>>;
let platform: TestPlatform;
let documents: Awaited<ReturnType<typeof startDocuments>>;
/** A document of the claim, in the place of the examples'. */
let evidence = "";

const principals = new Map<string, Principal>();
const subjectOf = (name: string, principal: Omit<Principal, "kind">, kind = "person"): void =>
  void principals.set(name, { ...principal, kind: kind as Principal["kind"] });

beforeAll(async () => {
  platform = await startPlatform();
  const { ports } = platform;
  const { policy, insured } = await openInsurer(ports, { insurer: here });
  await openInsurer(ports, { insurer: elsewhere });
  const claimant = callerOf(here, "claimant", insured);
  const claim = await submitClaimOf(ports, claimant, submissionOf(policy, 5_000n));
  const contracted = { ...submissionOf(policy, 5_000n, 5_000n), onBehalfOf: insured };
  const paid = await submitClaimOf(ports, callerOf(here, "intake"), contracted);
  await adjudicateWaiting(ports, here, 2);
  const [payout = ""] = await ports.store.payoutsOf(here, paid);
  documents = await startDocuments();
  const declaration = {
    sha256: "ab".repeat(32),
    sizeBytes: 1n,
    contentType: "text/plain",
  } as const;
  const declared = await declareOwn(ports, claimant, claim, declaration, {}, wallClock());
  if (!("committed" in declared)) throw new Error("a document is declared");
  evidence = declared.committed.evidence;
  const claims = claimsPort(ports, platform.published);
  const own = await claims.claim(claimant, claim);
  if ("refused" in own) throw new Error(own.detail);
  things = {
    "/claims/": claim,
    "/policies/": policy,
    "/payouts/": payout,
    "/records/": own.claim.records[0]?.leafHash ?? "",
  };
  for (const role of [
    "intake",
    "adjuster",
    "releaser",
    "underwriter",
    "auditor",
    "operator",
  ] as const) {
    subjectOf(`${role} here`, { insurer: here, role, person: newHandle(random) });
    subjectOf(`${role} elsewhere`, { insurer: elsewhere, role, person: newHandle(random) });
  }
  subjectOf("claimant here", { insurer: here, role: "claimant", person: insured });
  subjectOf("claimant elsewhere", { insurer: elsewhere, role: "claimant", person: insured });
  subjectOf("stranger", { insurer: here, role: "claimant", person: newHandle(random) });
  subjectOf("played", { insurer: here, role: "claimant", person: insured }, "simulated");
  const log = { info: () => undefined, error: () => undefined };
  const edge = { principals: principalsDouble(() => "i", [...principals]), log, now: wallClock };
  functions = {
    claimant: claimantEndpoints(edge, {
      claims,
      commands: ports,
      evidence: documents.store,
      pause: async (ms) => ms,
    }),
    auditor: auditorEndpoints(edge, {
      commands: ports,
      published: platform.published,
      auditing: platform.published,
    }),
    insurer: insurerEndpoints(edge, decisionsPort(ports), {
      ...ports,
      ...insurerRows(platform.pool),
      jobs: documents.jobs,
      uploads: documents.uploads,
      published: platform.published,
    }),
  };
});
afterAll(async () => {
  await documents?.stop();
  await platform?.close();
});

const byHandle = routeTable.filter(
  ({ path, scopes, insurerOf }) => path.includes("{") && scopes.length > 0 && !insurerOf,
);

function pathOf({ path, example }: Route): string {
  const from = path.slice(0, path.indexOf("{"));
  const thing = things[from];
  if (!thing) throw new Error(`say in tenants.test.ts which thing stands behind ${from}`);
  const [, ...rest] = example.path.slice(from.length).split("/");
  return [`${from}${thing}`, ...rest].join("/").replace(exampleEvidence, evidence);
}

async function ask(row: Route, sub: string, path = pathOf(row)) {
  const handler = functions[row.audience];
  if (!handler) throw new Error(`say in tenants.test.ts what answers for ${row.audience}`);
  const claims = { iss: "i", sub, token_use: "access", username: sub, scope: scopes.join(" ") };
  const context = { getRemainingTimeInMillis: () => 29_000 } as Context;
  const { statusCode, body } = await handler(eventOf(row, { claims, scopes: [] }, path), context);
  return { status: statusCode, body: body ?? "" };
}

describe.each(byHandle.map((row) => [routeKeyOf(row), row] as const))("%s", (_, row) => {
  test("is not found by those to whom the thing is nothing, whatever role they hold", async () => {
    const outsiders = row.roles.map((role) => `${role} elsewhere`);
    if (row.roles.includes("claimant")) outsiders.push("stranger");
    if (row.roles.includes("intake")) outsiders.push("intake here");
    for (const sub of outsiders) {
      const { status, body } = await ask(row, sub);
      expect({ sub, status }).toEqual({ sub, status: 404 });
      expect(body).not.toContain(here);
    }
  });

  test("is found by somebody", async () => {
    const statuses = await Promise.all(
      row.roles.map(async (role) => (await ask(row, `${role} here`)).status),
    );
    expect(statuses.filter((status) => status !== 403 && status !== 404)).not.toEqual([]);
  });
});

test("nobody acts as simulated where the log is no simulation", async () => {
  const row = routeTable.find((each) => routeKeyOf(each) === "POST /claims");
  if (!row) throw new Error("claims are submitted");
  const claims = { iss: "i", sub: "played", token_use: "access", scope: scopes.join(" ") };
  const body = JSON.stringify({ ...(row.example.body as object), insurer: here });
  const asked = eventOf(row, { claims, scopes: [] });
  const headers = { ...asked.headers, "idempotency-key": "played" };
  const event = { ...asked, headers, body };
  const context = { getRemainingTimeInMillis: () => 29_000 } as Context;
  const answer = await functions.claimant?.(event, context);
  expect([answer?.statusCode, JSON.parse(answer?.body ?? "").type]).toEqual([
    403,
    "urn:countersign:problem:simulation-only",
  ]);
});
