import { SignJWT } from "jose";
import { type IssuerKey, issuerKey } from "../../local/issuer/key-file.ts";
import { accessClaims } from "../../local/issuer/token.ts";
import type { LocalUser } from "../../local/issuer/users.ts";

/** Signs `claims` with the issuer's key, or with whatever `header` and `by` say. */
export const signWith = (
  key: IssuerKey,
  claims: Record<string, unknown>,
  header: object = {},
  by: CryptoKey = key.signing,
): Promise<string> =>
  new SignJWT(claims).setProtectedHeader({ alg: "RS256", kid: key.kid, ...header }).sign(by);

/** The claims of an access token that the issuer of `key` would give `user` now. */
export function claimsOf(key: IssuerKey, user: LocalUser): Record<string, unknown> {
  const now = Math.floor(Date.now() / 1_000);
  return accessClaims(key.issuer, user, user.scopes, { issuedAt: now, signedInAt: now, id: "one" });
}

/** An access token as the issuer in `folder` gives `user`, without asking it: most tests are about what comes after. */
export async function signedToken(folder: string, user: LocalUser): Promise<string> {
  const key = await issuerKey(folder, "unused");
  return signWith(key, claimsOf(key, user));
}
