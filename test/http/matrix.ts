import type { Context } from "aws-lambda";
import type { ApiEvent, LambdaHandler } from "../../functions/http/event.ts";
import { textReply } from "../../functions/http/reply.ts";
import { endpoint } from "../../functions/http/stack.ts";
import { jwtAuthorizer } from "../../local/gateway/authorizer.ts";
import type { IssuerKey } from "../../local/issuer/key-file.ts";
import { personClient } from "../../local/issuer/token.ts";
import { matchRoute } from "../../shared/api/match.ts";
import { type Role, roles, scopes } from "../../shared/api/role.ts";
import { type Route, routeKeyOf } from "../../shared/api/route.ts";
import { routeTable } from "../../shared/api/routes.ts";
import type { Caller, Principal } from "../../shared/ports/claims.ts";
import { principalsDouble } from "./claims-double.ts";
import { signWith } from "./signed.ts";

/** The insurer that the examples of the table name, and one they don't. */
export const [here, elsewhere] = ["xiang-hu-bao", "another"] as const;

/** The `sub` of whoever has this role here, and of whoever has it elsewhere only. */
export const subHere = (role: Role): string => `${role} here`;
export const subElsewhere = (role: Role): string => `${role} elsewhere`;

const rowsOf = (role: Role): (readonly [string, Principal])[] => {
  const principal = { role, person: "1".repeat(32), kind: "person" } as const;
  return [
    [subHere(role), { ...principal, insurer: here }],
    [subElsewhere(role), { ...principal, insurer: elsewhere }],
  ];
};

/** What came of a request: who answered, with which status, and as whom it would have acted. */
export interface Outcome {
  readonly by: "gateway" | "function";
  readonly status: number;
  readonly callers?: readonly Caller[];
}

/** Every request passes: this is about what comes before. */
const context = { getRemainingTimeInMillis: () => 29_000 } as Context;

const lastsUntil = Math.floor(Date.now() / 1_000) + 3_000;

/** A token's claims with every scope there is, as the issuer of `key` would write them. */
export const everyScope = (key: IssuerKey, sub: string, changes: object = {}) => ({
  iss: key.issuer,
  sub,
  client_id: personClient,
  token_use: "access",
  username: sub,
  scope: scopes.join(" "),
  exp: lastsUntil,
  ...changes,
});

const signed = new Map<string, Promise<string>>();

/** {@link signWith}, once for all rows that ask for the same token: a signature takes longer than all the rest. */
export function token(...of: Parameters<typeof signWith>): Promise<string> {
  const [key, claims, header = {}, by = key.signing] = of;
  const id = JSON.stringify([key.issuer, claims, Object.entries(header), by === key.signing]);
  const known = signed.get(id) ?? signWith(key, claims, header, by);
  signed.set(id, known);
  return known;
}

/**
 * Sends a row's own example, as its example says it is sent, through the authorizer and the stack that stand before every function. Behind them stands only a
 * note of who came through, so a row that is added to the table is tried without a word here; one whose example can't be sent makes its test fail.
 */
export function matrixOf(key: IssuerKey) {
  const principals = principalsDouble(() => key.issuer, roles.flatMap(rowsOf));
  const log = { info: () => {}, error: () => {} };
  const edge = { principals, log, now: () => 1_764_000_000_000_000n };
  const authorize = jwtAuthorizer({
    issuer: key.issuer,
    jwks: { keys: [key.public] },
    audience: [personClient],
  });
  const sent = async (
    row: Route,
    token: string | undefined,
    handler: LambdaHandler,
  ): Promise<Outcome> => {
    const header = token === undefined ? undefined : `Bearer ${token}`;
    const verdict = row.scopes.length > 0 ? await authorize(header, row.scopes) : undefined;
    if (verdict && "status" in verdict) return { by: "gateway", status: verdict.status };
    const { statusCode = 0 } = await handler(eventOf(row, verdict), context);
    return { by: "function", status: statusCode };
  };
  return {
    edge,
    sent,
    async ask(row: Route, token: string | undefined): Promise<Outcome> {
      let callers: readonly Caller[] | undefined;
      const outcome = await sent(
        row,
        token,
        endpoint(row, edge, async (request) => {
          callers = request.callers;
          return textReply("reached");
        }),
      );
      return callers === undefined ? outcome : { ...outcome, callers };
    },
  };
}

/** The event of the row's example, or of the same at another path, with whatever headers a row may ask for. */
export function eventOf(
  row: Route,
  authorized: object | undefined,
  rawPath = row.example.path,
): ApiEvent {
  const { body, query = "" } = row.example;
  const matched = matchRoute(routeTable, row.method, rawPath);
  if (matched?.route !== row) throw new Error(`the example of ${routeKeyOf(row)} is another's`);
  return {
    version: "2.0",
    routeKey: routeKeyOf(row),
    rawPath,
    rawQueryString: query,
    headers: {
      "content-type": "application/json",
      "idempotency-key": "a-key",
      "if-match": '"1"',
    },
    ...(query === ""
      ? {}
      : { queryStringParameters: Object.fromEntries(new URLSearchParams(query)) }),
    pathParameters: { ...matched.pathParameters },
    requestContext: {
      requestId: "r",
      http: { method: row.method, path: rawPath },
      ...(authorized === undefined ? {} : { authorizer: { jwt: authorized } }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    isBase64Encoded: false,
  } as unknown as ApiEvent;
}
