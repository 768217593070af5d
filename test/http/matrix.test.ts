import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { SignJWT, UnsecuredJWT } from "jose";
import { auditorEndpoints } from "../../functions/auditor/endpoints.ts";
import { claimantEndpoints } from "../../functions/claimant/endpoints.ts";
import type { LambdaHandler } from "../../functions/http/event.ts";
import { insurerEndpoints } from "../../functions/insurer/endpoints.ts";
import { publicEndpoints } from "../../functions/public/endpoints.ts";
import { type IssuerKey, issuerKey } from "../../local/issuer/key-file.ts";
import { roles, scopes, scopesOfRole } from "../../shared/api/role.ts";
import { type Audience, type Route, routeKeyOf } from "../../shared/api/route.ts";
import { routeTable } from "../../shared/api/routes.ts";
import {
  elsewhere,
  eventOf,
  everyScope,
  here,
  matrixOf,
  subElsewhere,
  subHere,
  token,
} from "./matrix.ts";

let folder: string;
let key: IssuerKey;
let foreign: IssuerKey;
let matrix: ReturnType<typeof matrixOf>;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "countersign-matrix-"));
  key = await issuerKey(folder, "https://issuer.example");
  foreign = await issuerKey(join(folder, "foreign"), "https://foreign.example");
  matrix = matrixOf(key);
});
afterAll(() => rmSync(folder, { recursive: true }));

const guarded = routeTable.filter(({ scopes }) => scopes.length > 0).map(named);
const open = routeTable.filter(({ scopes }) => scopes.length === 0).map(named);
function named(row: Route): [string, Route] {
  return [routeKeyOf(row), row];
}

const allowed = (row: Route): string => subHere(row.roles[0] ?? "operator");
const past = Math.floor(Date.now() / 1_000) - 60;

/** Tokens that no function may ever see, of somebody who would be let in. */
const forged: Record<string, (row: Route) => Promise<string | undefined>> = {
  "no token": async () => undefined,
  "an empty one": async () => "",
  "a word": async () => "token",
  expired: (row) => token(key, everyScope(key, allowed(row), { exp: past })),
  "without an end": (row) => token(key, everyScope(key, allowed(row), { exp: undefined })),
  "not good yet": (row) => token(key, everyScope(key, allowed(row), { nbf: past + 3_600 })),
  "of later": (row) => token(key, everyScope(key, allowed(row), { iat: past + 3_600 })),
  "of a foreign issuer": (row) => token(foreign, everyScope(foreign, allowed(row))),
  "that names a foreign issuer": (row) => token(key, everyScope(foreign, allowed(row))),
  "of a foreign issuer that names ours": (row) => token(foreign, everyScope(key, allowed(row))),
  "of another app client": (row) =>
    token(key, everyScope(key, allowed(row), { client_id: "another" })),
  "whose aud overrides its client_id": (row) =>
    token(key, everyScope(key, allowed(row), { aud: "another" })),
  "signed by another key under our key's id": (row) =>
    token(key, everyScope(key, allowed(row)), {}, foreign.signing),
  "of an unknown key": (row) => token(key, everyScope(key, allowed(row)), { kid: "another" }),
  "without a key's id": (row) => token(key, everyScope(key, allowed(row)), { kid: undefined }),
  "with alg none": async (row) => new UnsecuredJWT(everyScope(key, allowed(row))).encode(),
  "with alg none and our key's id": async (row) => {
    const [, payload] = new UnsecuredJWT(everyScope(key, allowed(row))).encode().split(".");
    const header = Buffer.from(JSON.stringify({ alg: "none", kid: key.kid })).toString("base64url");
    return `${header}.${payload}.`;
  },
  "with HS256 and our public modulus as its secret": (row) =>
    new SignJWT(everyScope(key, allowed(row)))
      .setProtectedHeader({ alg: "HS256", kid: key.kid })
      .sign(Buffer.from(key.public.n ?? "", "base64url")),
  "changed after it was signed": async (row) => {
    const [head, , tail] = (await token(key, everyScope(key, "nobody"))).split(".");
    const payload = Buffer.from(JSON.stringify(everyScope(key, allowed(row))));
    return `${head}.${payload.toString("base64url")}.${tail}`;
  },
};

describe.each(guarded)("%s", (_, row) => {
  const ask = async (sub: string, changes: object = {}) =>
    matrix.ask(row, await token(key, everyScope(key, sub, changes)));

  test("lets in those whose row has one of its roles, as who they are, and nobody else", async () => {
    const came = await Promise.all(
      roles.map(async (role) => [role, (await ask(subHere(role))).status] as const),
    );
    const may = roles.map((role) => [role, row.roles.includes(role) ? 200 : 403] as const);
    expect(Object.fromEntries(came)).toEqual(Object.fromEntries(may));
    const { callers = [] } = await ask(allowed(row));
    expect(callers.map(({ insurer, role }) => [insurer, role])).toEqual([[here, row.roles[0]]]);
  });

  test("takes nobody at another insurer's word: the insurer it names has a row for them, or they come as the other's", async () => {
    for (const role of row.roles) {
      const { status, callers } = await ask(subElsewhere(role));
      if (row.insurerOf) expect([status, callers]).toEqual([403, undefined]);
      else expect(callers?.map(({ insurer }) => insurer)).toEqual([elsewhere]);
    }
  });

  test("gives nothing for a role, a group, a tenant or a limit that a token claims", async () => {
    const claims = {
      "cognito:groups": [...roles],
      "custom:role": row.roles[0],
      "custom:insurer": here,
      role: row.roles[0],
      insurer: here,
      tenant: here,
      limit: "9".repeat(18),
    };
    const outsiders = roles.filter((role) => !row.roles.includes(role)).map(subHere);
    for (const sub of [...outsiders, "nobody", `${allowed(row)} `]) {
      expect((await ask(sub, claims)).status).toBe(403);
    }
    expect((await ask(allowed(row), claims)).callers).toEqual((await ask(allowed(row))).callers);
  });

  test("asks for one of its scopes, and that it is one of the role it is used for", async () => {
    const others = scopes.filter((scope) => !row.scopes.includes(scope)).join(" ");
    const asFar = { by: "gateway", status: 403 };
    expect(await ask(allowed(row), { scope: others })).toEqual(asFar);
    expect(await ask(allowed(row), { scope: "" })).toEqual(asFar);
    expect(await ask(allowed(row), { scope: `${row.scopes[0]}x` })).toEqual(asFar);
    for (const role of row.roles) {
      for (const scope of row.scopes) {
        const opens = scopesOfRole[role].includes(scope);
        expect([scope, (await ask(subHere(role), { scope })).status]).toEqual([
          scope,
          opens ? 200 : 403,
        ]);
      }
    }
  });

  test("takes an access token and no other of the same issuer", async () => {
    for (const use of ["id", "refresh", undefined]) {
      const outcome = await ask(allowed(row), { token_use: use });
      expect(outcome).toEqual({ by: "function", status: 401 });
    }
  });

  test("is closed to every forged, foreign or spent token, before any function", async () => {
    for (const [kind, forge] of Object.entries(forged)) {
      const outcome = await matrix.ask(row, await forge(row));
      expect({ kind, ...outcome }).toEqual({ kind, by: "gateway", status: 401 });
    }
  });
});

test.each(open)("%s reads no token, good or bad", async (_, row) => {
  const good = await token(key, everyScope(key, "nobody"));
  for (const each of [undefined, "token", good]) {
    expect(await matrix.ask(row, each)).toEqual({ by: "function", status: 200, callers: [] });
  }
});

describe("the functions themselves", () => {
  /** Ports that nobody may touch. */
  const untouched = new Proxy({} as never, {
    get: (_, name) => {
      throw new Error(`reached ${String(name)}`);
    },
  });
  const functions = (): Partial<Record<Audience, LambdaHandler>> => ({
    claimant: claimantEndpoints(matrix.edge, {
      claims: untouched,
      commands: untouched,
      evidence: untouched,
      pause: untouched,
    }),
    insurer: insurerEndpoints(matrix.edge, untouched, untouched),
    auditor: auditorEndpoints(matrix.edge, untouched),
    public: publicEndpoints(matrix.edge, untouched),
  });

  test.each(guarded)("answer %s through the same stack", async (_, row) => {
    const handler = functions()[row.audience];
    if (!handler) throw new Error(`the matrix knows no function for ${row.audience}`);
    const outsider = roles.find((role) => !row.roles.includes(role)) ?? "nobody";
    const claims = everyScope(key, `${outsider} here`);
    const texts = Object.fromEntries(
      Object.entries(claims).map(([name, value]) => [name, String(value)]),
    );
    const context = { getRemainingTimeInMillis: () => 29_000 } as never;
    const bare = await handler(eventOf(row, undefined), context);
    const wrong = await handler(eventOf(row, { claims: texts, scopes: row.scopes }), context);
    expect([bare.statusCode, wrong.statusCode]).toEqual([401, 403]);
  });
});
