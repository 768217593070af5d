import type { Scope } from "../../shared/api/role.ts";
import { Malformed } from "../../shared/base/malformed.ts";
import type { ApiEvent, TokenClaims } from "./event.ts";
import { HttpProblem } from "./http-problem.ts";

/** Reads a list claim as API Gateway flattens it: `[a b]`; one bare word is a list of one. */
export function parseListClaim(text: string): string[] {
  const match = /^\[(.*)\]$/s.exec(text);
  return (match?.[1] ?? text).split(" ").filter((item) => item !== "");
}

/**
 * The access token's claims from `requestContext.authorizer.jwt.claims`. The gateway has checked signature, issuer, audience and times;
 * it does not tell an access token from an ID token, so `token_use` is checked here. Undefined where the route has no authorizer.
 */
export function tokenClaims(event: ApiEvent): TokenClaims | undefined {
  const { authorizer } = event.requestContext as { authorizer?: { jwt?: { claims?: unknown } } };
  const claims = authorizer?.jwt?.claims;
  if (typeof claims !== "object" || claims === null) return undefined;
  const { iss, sub, scope = "", token_use: use } = claims as Record<string, unknown>;
  if (typeof iss !== "string" || typeof sub !== "string" || iss === "" || sub === "") {
    throw new Malformed("token", "names no issuer or subject");
  }
  if (use !== "access") throw new Malformed("token", "is not an access token");
  return { issuer: iss, sub, scopes: typeof scope === "string" ? parseListClaim(scope) : [] };
}

/** The claims of a token that holds one of `scopes`; the stack asks again what the gateway asked: deny by default. */
export function requireToken(event: ApiEvent, scopes: readonly Scope[]): TokenClaims {
  const token = readClaims(event);
  if (token === undefined) throw new HttpProblem({ code: "unauthenticated" });
  if (!scopes.some((scope) => token.scopes.includes(scope))) {
    throw new HttpProblem({
      code: "not-permitted",
      detail: `The token needs ${scopes.join(" or ")}.`,
    });
  }
  return token;
}

function readClaims(event: ApiEvent): TokenClaims | undefined {
  try {
    return tokenClaims(event);
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    throw new HttpProblem({
      code: "unauthenticated",
      detail: `The ${error.message.replace(":", "")}.`,
    });
  }
}
