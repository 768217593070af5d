import type { IncomingMessage, ServerResponse } from "node:http";
import type { JSONWebKeySet } from "jose";
import { readBody } from "../gateway/body.ts";
import { type Listening, listen } from "../gateway/listen.ts";
import { judgeGrant } from "./grant.ts";
import { type IssuerKey, issuerKey } from "./key-file.ts";
import { accessToken, tokenSeconds } from "./token.ts";
import type { LocalUser } from "./users.ts";

export interface IssuerOptions {
  /** Where the key is kept; made with mode 0700 if absent. */
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
}

const maxFormBytes = 8_192;

/**
 * Issues tokens to the users of this machine in Cognito's form, on 127.0.0.1 only: `POST /token`, `/.well-known/jwks.json`,
 * `/.well-known/openid-configuration`. Throws CannotListen if the port is taken, Malformed if the key file is damaged.
 */
export async function startIssuer({ folder, port, users }: IssuerOptions): Promise<Issuer> {
  const ready = Promise.withResolvers<Serving>();
  ready.promise.catch(() => {});
  const listening = await listen("The token issuer", port, (request, response) => {
    ready.promise
      .then((serving) => answer(serving, request, response))
      .catch(() => send(response, 500, { error: "server_error" }));
  });
  try {
    const key = await issuerKey(folder, listening.url);
    ready.resolve({ key, users, url: listening.url });
    return { ...listening, issuer: key.issuer, jwks: { keys: [key.public] } };
  } catch (error) {
    ready.reject(error);
    await listening.stop(0);
    throw error;
  }
}

interface Serving {
  readonly key: IssuerKey;
  readonly users: readonly LocalUser[];
  readonly url: string;
}

async function answer(
  { key, users, url }: Serving,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (!namesLoopback(request.headers.host)) return send(response, 421, { error: "wrong_host" });
  switch (`${request.method} ${request.url}`) {
    case "GET /.well-known/jwks.json":
      return send(response, 200, { keys: [key.public] });
    case "GET /.well-known/openid-configuration":
      return send(response, 200, discovery(key.issuer, url));
    case "POST /token":
      return token(key, users, request, response);
    default:
      return send(response, 404, { error: "not_found" });
  }
}

async function token(
  key: IssuerKey,
  users: readonly LocalUser[],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = await readBody(request, maxFormBytes);
  if (body === "too large") return send(response, 413, { error: "invalid_request" });
  const grant = judgeGrant(new URLSearchParams(Buffer.from(body).toString("utf8")), users);
  if ("error" in grant) {
    const { error, description } = grant;
    return send(response, 400, { error, error_description: description });
  }
  const nowSeconds = Math.floor(Date.now() / 1000);
  send(response, 200, {
    access_token: await accessToken(key, grant.user, grant.scopes, nowSeconds),
    token_type: "Bearer",
    expires_in: tokenSeconds,
    scope: grant.scopes.join(" "),
  });
}

/** A page elsewhere whose name is made to resolve to 127.0.0.1 says so in Host; it gets nothing. */
const namesLoopback = (host = ""): boolean => /^(127\.0\.0\.1|localhost)(:\d+)?$/.test(host);

const discovery = (issuer: string, url: string) => ({
  issuer,
  token_endpoint: `${url}/token`,
  jwks_uri: `${url}/.well-known/jwks.json`,
  response_types_supported: ["token"],
  grant_types_supported: ["password", "client_credentials"],
  subject_types_supported: ["public"],
  id_token_signing_alg_values_supported: ["RS256"],
  token_endpoint_auth_methods_supported: ["none"],
});

function send(response: ServerResponse, status: number, value: object): void {
  response.setHeader("content-type", "application/json");
  response.setHeader("cache-control", "no-store");
  if (!response.req.complete) response.setHeader("connection", "close");
  response.writeHead(status).end(`${JSON.stringify(value)}\n`);
}
