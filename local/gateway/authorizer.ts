import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTPayload, jwtVerify } from "jose";

/** Whose tokens the gateway takes. */
export interface TrustedIssuer {
  readonly issuer: string;
  readonly jwks: JSONWebKeySet;
  /** What `aud`, or without one `client_id`, must be one of. */
  readonly audience: readonly string[];
}

/** `requestContext.authorizer.jwt`: every claim as text; `scopes` is null on a route that asks for none. */
export interface Authorized {
  readonly claims: Readonly<Record<string, string>>;
  readonly scopes: string[] | null;
}

/** Why a request stops here: 401 with the `www-authenticate` API Gateway sends, or 403. */
export interface Denied {
  readonly status: 401 | 403;
  readonly challenge: string;
}

/**
 * Authorizes as API Gateway's JWT authorizer does (https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html):
 * RSA signature by a key of the issuer that the `kid` names, iss, aud or client_id, exp, nbf, iat, then one of the route's scopes.
 */
export function jwtAuthorizer({ issuer, jwks, audience }: TrustedIssuer) {
  const read = remembering(createLocalJWKSet(jwks), issuer);
  return async (
    authorization: string | undefined,
    routeScopes: readonly string[],
  ): Promise<Authorized | Denied> => {
    const token = (authorization ?? "").replace(/^Bearer\s+/i, "");
    if (token === "") return { status: 401, challenge: "Bearer" };
    const payload = await read(token).catch(refusal);
    if (typeof payload === "string") return invalid(payload, routeScopes);
    if (!meantFor(payload, audience)) {
      return invalid("the token does not have a valid audience", routeScopes);
    }
    const held = scopesOf(payload);
    if (routeScopes.length > 0 && !routeScopes.some((scope) => held.includes(scope))) {
      return { status: 403, challenge: challengeOf("insufficient_scope", "", routeScopes) };
    }
    return { claims: textClaims(payload), scopes: routeScopes.length > 0 ? held : null };
  };
}

/** Most tokens that are remembered, the longest known forgotten first. */
const rememberedAtMost = 1_000;

/**
 * {@link verified}, with what was found remembered until the token expires: a caller sends one token many times, and its signature is the dearest thing the gateway
 * looks at. What was refused is looked at again.
 */
function remembering(keys: ReturnType<typeof createLocalJWKSet>, issuer: string) {
  const known = new Map<string, { readonly payload: JWTPayload; readonly sinceMs: number }>();
  return async (token: string): Promise<JWTPayload | string> => {
    const nowMs = Date.now();
    const found = known.get(token);
    const [sinceMs, untilMs] = [found?.sinceMs ?? nowMs, (found?.payload.exp ?? 0) * 1000];
    if (found && sinceMs <= nowMs && nowMs < untilMs) return found.payload;
    known.delete(token);
    const payload = await verified(token, keys, issuer);
    if (typeof payload === "string") return payload;
    if (known.size >= rememberedAtMost) known.delete(known.keys().next().value ?? "");
    known.set(token, { payload, sinceMs: nowMs });
    return payload;
  };
}

async function verified(
  token: string,
  keys: ReturnType<typeof createLocalJWKSet>,
  issuer: string,
): Promise<JWTPayload | string> {
  const options = {
    issuer,
    algorithms: ["RS256", "RS384", "RS512"],
    requiredClaims: ["exp", "iss"],
  };
  const { payload, protectedHeader } = await jwtVerify(token, keys, options);
  if (protectedHeader.kid === undefined) return "the token has no key id";
  const nowSeconds = Date.now() / 1000;
  if (payload.iat !== undefined && payload.iat > nowSeconds + 1) return "the token is from later";
  return payload;
}

/** What jose refused, in the words of a challenge; anything else is a bug and passes through. */
function refusal(error: unknown): string {
  if (error instanceof errors.JWTExpired) return "the token has expired";
  if (error instanceof errors.JWTClaimValidationFailed) {
    return `the token does not have a valid ${error.claim === "iss" ? "issuer" : error.claim}`;
  }
  if (error instanceof errors.JOSEError) return "signature verification failed";
  throw error;
}

function meantFor({ aud, client_id: client }: JWTPayload, audience: readonly string[]): boolean {
  const meant = aud === undefined ? [client] : [aud].flat();
  return meant.some((one) => typeof one === "string" && audience.includes(one));
}

function scopesOf({ scp, scope }: JWTPayload): string[] {
  const held = scp ?? scope;
  if (Array.isArray(held)) return held.map(String);
  return typeof held === "string" ? held.split(" ").filter((one) => one !== "") : [];
}

/** Claims as API Gateway hands them on: text, a list as `[a b]`, an object as JSON, null left out. */
export function textClaims(payload: JWTPayload): Record<string, string> {
  const claims = Object.entries(payload).filter(
    ([, value]) => value !== null && value !== undefined,
  );
  return Object.fromEntries(claims.map(([name, value]) => [name, textOf(value)]));
}

function textOf(value: unknown): string {
  if (Array.isArray(value)) return `[${value.join(" ")}]`;
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

const invalid = (description: string, scopes: readonly string[]): Denied => ({
  status: 401,
  challenge: challengeOf("invalid_token", description, scopes),
});

const challengeOf = (error: string, description: string, scopes: readonly string[]): string =>
  `Bearer scope="${scopes.join(" ")}" error="${error}" error_description="${description}"`;
