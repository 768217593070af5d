import type { IncomingMessage, ServerResponse } from "node:http";
import type { JSONWebKeySet } from "jose";
import type { Provider } from "oidc-provider";
import { type Listening, listen } from "../gateway/listen.ts";
import { namesLoopback } from "../gateway/loopback.ts";
import { clientSecret } from "./client-secret.ts";
import { type IssuerKey, issuerKey } from "./key-file.ts";
import type { MachineClient } from "./provider.ts";
import { personClient } from "./token.ts";
import type { LocalUser } from "./users.ts";

export interface IssuerOptions {
  /** Where the key and the machines' secrets are kept; made with mode 0700 if absent. */
  readonly folder: string;
  /** 0: any free one. */
  readonly port: number;
  readonly users: readonly LocalUser[];
}

/** A running issuer: what a gateway needs to trust it. */
export interface Issuer extends Listening {
  /** The `iss` of its tokens: the URL it had when its key was made. */
  readonly issuer: string;
  readonly jwks: JSONWebKeySet;
  /** The app clients its tokens may be for. */
  readonly clientIds: readonly string[];
}

/**
 * Issues tokens to the users of this machine in Cognito's form, on 127.0.0.1 only, by `oidc-provider`: `/authorize` with the sign-in page, `POST
 * /token`, `/.well-known/jwks.json`, `/.well-known/openid-configuration`. Throws CannotListen if the port is taken, Malformed if the key file or a
 * secret is damaged.
 */
export async function startIssuer({ folder, port, users }: IssuerOptions): Promise<Issuer> {
  const ready = Promise.withResolvers<IssuerKey>();
  ready.promise.catch(() => {});
  let serving: Promise<Serve> | undefined;
  const listening = await listen("The token issuer", port, (request, response) => {
    serving ??= ready.promise.then((key) => openServing(key, users, machines));
    serving
      .then((serve) => serve(request, response))
      .catch(() => refuse(response, 500, "server_error"));
  });
  const machines: MachineClient[] = [];
  try {
    const key = await issuerKey(folder, listening.url);
    for (const { kind, username: clientId } of users) {
      if (kind === "machine") machines.push({ clientId, secret: clientSecret(folder, clientId) });
    }
    ready.resolve(key);
    const clientIds = [personClient, ...machines.map(({ clientId }) => clientId)];
    return { ...listening, issuer: key.issuer, jwks: { keys: [key.public] }, clientIds };
  } catch (error) {
    ready.reject(error);
    await listening.stop(0);
    throw error;
  }
}

type Serve = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** Loaded at the first request: no start waits for the provider's modules. */
async function openServing(
  key: IssuerKey,
  users: readonly LocalUser[],
  machines: readonly MachineClient[],
): Promise<Serve> {
  const [{ openProvider }, { isSignIn, signIn }] = await Promise.all([
    import("./provider.ts"),
    import("./sign-in.ts"),
  ]);
  const provider: Provider = openProvider(key, users, machines);
  const answer = provider.callback();
  return async (request, response) => {
    if (!namesLoopback(request.headers.host)) return refuse(response, 421, "wrong_host");
    const { pathname } = new URL(request.url ?? "/", "http://127.0.0.1");
    if (isSignIn(pathname)) return signIn(provider, users, request, response);
    await answer(request, response);
  };
}

function refuse(response: ServerResponse, status: number, error: string): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  response.setHeader("content-type", "application/json");
  response.setHeader("cache-control", "no-store");
  if (!response.req.complete) response.setHeader("connection", "close");
  response.writeHead(status).end(`${JSON.stringify({ error })}\n`);
}
