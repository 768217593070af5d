import { randomUUID } from "node:crypto";
import type { LocalUser } from "./users.ts";

/** The app client through which persons sign in here; it keeps no secret, as no app on somebody's device can. */
export const personClient = "countersign-local";

/** The one API access tokens are for. */
export const api = "urn:countersign:api";

/** How long an access token is good for. */
export const tokenSeconds = 3600;

/** When a token is made, when its person signed in, and its id: seconds since 1970. */
export interface TokenTimes {
  readonly issuedAt: number;
  readonly signedInAt: number;
  readonly id: string;
}

/**
 * The claims of an access token, as Cognito names them
 * (https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-access-token.html): no `aud`, for `client_id` says
 * for whom. A machine's token has no user in it: its `sub` is its client.
 */
export function accessClaims(
  issuer: string,
  user: LocalUser,
  scopes: readonly string[],
  { issuedAt, signedInAt, id }: TokenTimes,
) {
  const common = {
    iss: issuer,
    sub: user.sub,
    token_use: "access",
    scope: scopes.join(" "),
    auth_time: signedInAt,
    iat: issuedAt,
    exp: issuedAt + tokenSeconds,
    jti: id,
    version: 2,
  };
  return user.kind === "machine"
    ? { ...common, client_id: user.username }
    : {
        ...common,
        client_id: personClient,
        event_id: randomUUID(),
        origin_jti: randomUUID(),
        "cognito:groups": [...user.groups],
        username: user.username,
      };
}
