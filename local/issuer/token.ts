import { randomUUID } from "node:crypto";
import { SignJWT } from "jose";
import type { IssuerKey } from "./key-file.ts";
import { type LocalUser, subOf } from "./users.ts";

/** The one app client of the local platform; the gateway's audience. */
export const localClient = "countersign-local";

/** How long an access token is good for. */
export const tokenSeconds = 3600;

/**
 * An access token with the claims Cognito puts into one (no `aud`: `client_id` says for whom). A machine's token has no user in it: `sub` is the client.
 */
export function accessToken(
  key: IssuerKey,
  user: LocalUser,
  scopes: readonly string[],
  nowSeconds: number,
): Promise<string> {
  const common = {
    iss: key.issuer,
    client_id: localClient,
    token_use: "access",
    scope: scopes.join(" "),
    auth_time: nowSeconds,
    iat: nowSeconds,
    exp: nowSeconds + tokenSeconds,
    jti: randomUUID(),
  };
  const claims =
    user.kind === "machine"
      ? { ...common, sub: subOf(user.username), version: 2 }
      : {
          ...common,
          sub: subOf(user.username),
          "cognito:groups": [...user.groups],
          origin_jti: randomUUID(),
          username: user.username,
        };
  return new SignJWT(claims).setProtectedHeader({ alg: "RS256", kid: key.kid }).sign(key.signing);
}
