import { randomBytes } from "node:crypto";
import { type Configuration, errors, interactionPolicy, Provider } from "oidc-provider";
import { scopes } from "../../shared/api/role.ts";
import { accountsOf, cognitoForm } from "./accounts.ts";
import { registerDirectGrants } from "./direct-grants.ts";
import { keptInMemory } from "./kept.ts";
import type { IssuerKey } from "./key-file.ts";
import { signInPath } from "./sign-in.ts";
import { api, personClient, tokenSeconds } from "./token.ts";
import type { LocalUser } from "./users.ts";

/** A machine's client and its secret. */
export interface MachineClient {
  readonly clientId: string;
  readonly secret: string;
}

const sessionSeconds = 86_400;
const codeSeconds = 60;
/** How long somebody may look at the sign-in page. */
const signInSeconds = 3_600;

/**
 * The OpenID provider of this machine: authorization code with PKCE for persons, client credentials for machines, and the password grant of
 * {@link registerDirectGrants}; tokens in Cognito's form.
 */
export function openProvider(
  key: IssuerKey,
  users: readonly LocalUser[],
  machines: readonly MachineClient[],
): Provider {
  const server = {
    scope: scopes.join(" "),
    accessTokenTTL: tokenSeconds,
    accessTokenFormat: "jwt",
    jwt: { sign: { alg: "RS256", kid: key.kid } },
  } as const;
  const provider = new Provider(key.issuer, {
    adapter: keptInMemory(Date.now),
    jwks: { keys: [{ ...key.private } as never] },
    clients: clientsOf(machines),
    cookies: { keys: [randomBytes(32).toString("base64url")] },
    responseTypes: ["code"],
    scopes: ["openid"],
    claims: { openid: ["sub", "token_use", "cognito:username", "cognito:groups"] },
    routes: { authorization: "/authorize", token: "/token", jwks: "/.well-known/jwks.json" },
    interactions: { policy: policyWithoutConsent(), url: (_, { uid }) => signInPath(uid) },
    features: {
      devInteractions: { enabled: false },
      userinfo: { enabled: false },
      rpInitiatedLogout: { enabled: false },
      pushedAuthorizationRequests: { enabled: false },
      dPoP: { enabled: false },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => api,
        useGrantedResource: () => true,
        getResourceServerInfo: (_, resource) => {
          if (resource !== api) throw new errors.InvalidTarget();
          return server;
        },
      },
    },
    ...lasting(),
    ...accountsOf(users),
    formats: { customizers: { jwt: cognitoForm(key.issuer, users) } },
    clientBasedCORS: () => false,
    renderError: (ctx, { error, error_description: description }) => {
      ctx.type = "text";
      ctx.body = `${error}: ${description ?? ""}\n`;
    },
  });
  registerDirectGrants(provider, users, new provider.ResourceServer(api, server));
  return provider;
}

const lasting = (): Pick<Configuration, "ttl"> => ({
  ttl: {
    AccessToken: tokenSeconds,
    ClientCredentials: tokenSeconds,
    IdToken: tokenSeconds,
    AuthorizationCode: codeSeconds,
    Interaction: signInSeconds,
    Session: sessionSeconds,
    Grant: sessionSeconds,
  },
});

/** One public client for persons, whose apps listen on any loopback port (RFC 8252 §7.3), and one confidential client for each machine. */
function clientsOf(machines: readonly MachineClient[]): Configuration["clients"] {
  return [
    {
      client_id: personClient,
      application_type: "native",
      token_endpoint_auth_method: "none",
      grant_types: ["authorization_code", "password"],
      response_types: ["code"],
      redirect_uris: ["http://127.0.0.1/callback", "http://localhost/callback"],
    },
    ...machines.map(({ clientId, secret }) => ({
      client_id: clientId,
      client_secret: secret,
      grant_types: ["client_credentials"],
      response_types: [],
      redirect_uris: [],
    })),
  ];
}

/** Whoever signs in here uses our own app: it is asked who they are, and nothing else. */
function policyWithoutConsent() {
  const policy = interactionPolicy.base();
  policy.remove("consent");
  return policy;
}
