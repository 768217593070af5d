import type { Scope } from "../../shared/api/role.ts";
import type { Credential } from "../../shared/base/actor.ts";
import { toHex, utf8 } from "../../shared/base/bytes.ts";
import { Malformed } from "../../shared/base/malformed.ts";
import { sha256 } from "../../shared/base/sha256.ts";
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
  const { iss, sub, scope = "", token_use: use, ...shown } = claims as Record<string, unknown>;
  if (typeof iss !== "string" || typeof sub !== "string" || iss === "" || sub === "") {
    throw new Malformed("token", "names no issuer or subject");
  }
  if (use !== "access") throw new Malformed("token", "is not an access token");
  const scopes = typeof scope === "string" ? parseListClaim(scope) : [];
  return { issuer: iss, sub, scopes, credential: credentialOf(iss, sub, shown) };
}

/**
 * The credential behind an access token. Cognito writes `username` into a user's token only: one without it is a client's own, whoever's row it
 * finds. The method is `amr` (RFC 8176), else `acr`.
 */
function credentialOf(issuer: string, sub: string, shown: Record<string, unknown>): Credential {
  const { username, amr, acr } = shown;
  const said = typeof amr === "string" ? parseListClaim(amr).join(" ") : acr;
  return {
    kind: typeof username === "string" ? "access-token" : "client-credentials",
    issuer: issuer.slice(0, 200),
    method: typeof said === "string" && said !== "" ? said.slice(0, 100) : null,
    handle: toHex(sha256(utf8(`credential\n${issuer}\n${sub}`))).slice(0, 32),
  };
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
