import type { ResourceServerInstance } from "oidc-provider";
import { errors, type Provider, type TokenEndpointGrantContext } from "oidc-provider";
import { assert } from "../../shared/base/malformed.ts";
import type { LocalUser } from "./users.ts";

type Ctx = TokenEndpointGrantContext<{ scope?: string; username?: string }>;
type Token = InstanceType<Provider["AccessToken"]> | InstanceType<Provider["ClientCredentials"]>;

/**
 * The two ways to a token with one request. `grant_type=client_credentials`: a machine, by its client id and secret, with all its scopes where it names none, as Cognito
 * gives them. `grant_type=password&username=…`: a person of this machine, for whoever writes commands: no password, since whoever reaches this loopback port
 * already sits here.
 */
export function registerDirectGrants(
  provider: Provider,
  users: readonly LocalUser[],
  api: ResourceServerInstance,
): void {
  const { AccessToken, ClientCredentials } = provider;
  const machine = (ctx: Ctx): Promise<void> => {
    const { client } = ctx.oidc;
    const scope = askedOf(machineOf(ctx, users), ctx);
    return answer(ctx, new ClientCredentials({ client, resourceServer: api, scope }));
  };
  const person = (ctx: Ctx): Promise<void> => {
    const { client } = ctx.oidc;
    const user = personOf(ctx, users);
    const scope = askedOf(user, ctx);
    const of = { accountId: user.sub, gty: "password", grantId: "" };
    return answer(ctx, new AccessToken({ client, resourceServer: api, scope, ...of }));
  };
  provider.registerGrantType("client_credentials", machine, ["scope"]);
  provider.registerGrantType("password", person, ["scope", "username"]);
}

function machineOf({ oidc }: Ctx, users: readonly LocalUser[]): LocalUser {
  const user = users.find((one) => one.kind === "machine" && one.username === oidc.client.clientId);
  assert(user !== undefined, "only a machine's client may ask so");
  return user;
}

function personOf({ oidc }: Ctx, users: readonly LocalUser[]): LocalUser {
  const persons = users.filter(({ kind }) => kind === "person");
  const user = persons.find(({ username }) => username === oidc.params.username);
  if (user) return user;
  const known = persons.map(({ username }) => username).join(", ");
  throw new errors.InvalidGrant(`username is one of ${known || "none"}`);
}

/** What the request asks for, or without a word all that the user may have. */
function askedOf({ scopes }: LocalUser, { oidc }: Ctx): string {
  const held: readonly string[] = scopes;
  const asked = oidc.params.scope?.split(" ").filter((scope) => scope !== "") ?? held;
  const more = asked.find((scope) => !held.includes(scope));
  if (more === undefined) return asked.join(" ");
  throw new errors.InvalidScope(`scope is any of ${held.join(" ")}`, more);
}

async function answer(ctx: Ctx, token: Token): Promise<void> {
  ctx.body = {
    access_token: await token.save(),
    token_type: token.tokenType,
    expires_in: token.expiration,
    scope: token.scope,
  };
}
