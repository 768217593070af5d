import type {
  AccessToken,
  ClientCredentials,
  Configuration,
  JWTStructured,
  KoaContextWithOIDC,
} from "oidc-provider";
import { assert } from "../../shared/base/malformed.ts";
import { accessClaims, api } from "./token.ts";
import type { LocalUser } from "./users.ts";

/**
 * The accounts persons sign in to, and what a sign-in grants: the scopes its person holds, whatever the app asks for. An ID token says what
 * Cognito's says (https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-id-token.html).
 */
export function accountsOf(
  users: readonly LocalUser[],
): Pick<Configuration, "findAccount" | "loadExistingGrant"> {
  const bySub = (sub: string | undefined): LocalUser | undefined =>
    users.find((one) => one.kind === "person" && one.sub === sub);
  return {
    findAccount: (_, sub) => {
      const user = bySub(sub);
      if (!user) return undefined;
      const named = { "cognito:username": user.username, "cognito:groups": [...user.groups] };
      return { accountId: sub, claims: async () => ({ sub, token_use: "id", ...named }) };
    },
    loadExistingGrant: async ({ oidc }) => {
      const accountId = oidc.session?.accountId;
      const user = bySub(accountId);
      if (!user || accountId === undefined) return undefined;
      const grant = new oidc.provider.Grant({ accountId, clientId: oidc.client?.clientId ?? "" });
      grant.addOIDCScope("openid");
      grant.addResourceScope(api, user.scopes.join(" "));
      await grant.save();
      return grant;
    },
  };
}

/** RFC 9068 wants an audience in an access token, and so does the provider; Cognito writes none, and JSON leaves this one out. */
const unwritten = { toJSON: () => undefined };

/** Gives every access token Cognito's claims, and no `typ`. */
export const cognitoForm =
  (issuer: string, users: readonly LocalUser[]) =>
  (
    { oidc }: KoaContextWithOIDC,
    token: AccessToken | ClientCredentials,
    jwt: JWTStructured,
  ): void => {
    const { sub, jti, iat } = jwt.payload;
    const kind = token.kind === "ClientCredentials" ? "machine" : "person";
    const user = users.find((one) => one.kind === kind && one.sub === sub);
    assert(user !== undefined && typeof iat === "number", "a token is some user's");
    const scopes = (token.scope ?? "").split(" ").filter((scope) => scope !== "");
    const signedInAt = oidc.entities.AuthorizationCode?.authTime ?? iat;
    const times = { issuedAt: iat, signedInAt, id: String(jti) };
    jwt.header = { typ: undefined };
    jwt.payload = { ...accessClaims(issuer, user, scopes, times), aud: unwritten };
  };
