import type { IncomingMessage, ServerResponse } from "node:http";
import { routeTable } from "../../shared/api/routes.ts";
import type { ObjectStore } from "../../shared/ports/objects.ts";
import { type Denied, jwtAuthorizer, type TrustedIssuer } from "./authorizer.ts";
import { readBody } from "./body.ts";
import { proxyEvent, splitTarget } from "./event.ts";
import { type Handler, invoke, TimedOut } from "./invoke.ts";
import { type Listening, listen } from "./listen.ts";
import { matchRoute } from "./match.ts";
import { type Pages, servePage } from "./pages.ts";
import { servePublished } from "./published.ts";
import { gatewayError, sendResult } from "./send.ts";

/** The functions behind the gateway, by the audience whose rows of the table they serve. */
export type Handlers = Readonly<Record<"claimant" | "insurer" | "public", Handler>>;

/** What the gateway itself has to report: never a path, header or body. */
export type GatewayLog = (line: { readonly event: string; readonly route?: string }) => void;

export interface GatewayOptions {
  /** 0: any free one. */
  readonly port: number;
  readonly handlers: Handlers;
  readonly trusted: TrustedIssuer;
  /** The published files of all logs, keyed as shared/api/log-path.ts says. */
  readonly published: ObjectStore;
  /** Static pages by path, public: beside the API, as a CDN would serve them. */
  readonly pages?: Pages;
  readonly log: GatewayLog;
  /** How long the gateway waits for a function: 30 s, API Gateway's own limit. */
  readonly timeoutMs?: number;
}

const integrationTimeoutMs = 30_000;

/** API Gateway's quota for request line and headers together. */
const maxHeaderSize = 10_240;

/**
 * The HTTP API of this machine: the table's routes on 127.0.0.1, with API Gateway's events, authorizer, limits and error bytes, the functions
 * called in this process. Throws CannotListen, one sentence, if the port is taken.
 */
export function startGateway(options: GatewayOptions): Promise<Listening> {
  const authorize = jwtAuthorizer(options.trusted);
  return listen(
    "The gateway",
    options.port,
    (request, response) => {
      answer(options, authorize, request, response).catch(() => {
        options.log({ event: "gateway failed" });
        gatewayError(response, 500, "Internal Server Error");
      });
    },
    { maxHeaderSize },
  );
}

async function answer(
  options: GatewayOptions,
  authorize: ReturnType<typeof jwtAuthorizer>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { rawPath } = splitTarget(request.url ?? "/");
  if (await servePage(options.pages, request, response, rawPath)) return;
  const matched = find(request.method ?? "GET", rawPath);
  if (matched === "broken path") return gatewayError(response, 400, "Bad Request");
  if (!matched) return gatewayError(response, 404, "Not Found");
  const { route, pathParameters } = matched;
  if (route.audience === "published") {
    return servePublished(options.published, request, response, rawPath);
  }
  const needsToken = route.scopes.length > 0;
  const verdict = needsToken
    ? await authorize(request.headers.authorization, route.scopes)
    : undefined;
  if (verdict && "status" in verdict) return deny(response, verdict);
  const body = await readBody(request);
  if (body === "too large") return gatewayError(response, 413, "Request Entity Too Large");
  const routeKey = `${route.method} ${route.path}`;
  const parts = { body, routeKey, pathParameters, authorized: verdict, nowMs: Date.now() };
  const event = proxyEvent(request, parts);
  const timeoutMs = options.timeoutMs ?? integrationTimeoutMs;
  try {
    const handler = options.handlers[route.audience];
    sendResult(response, await invoke(route.audience, handler, event, timeoutMs));
  } catch (error) {
    const late = error instanceof TimedOut;
    options.log({ event: late ? "function timed out" : "function failed", route: routeKey });
    gatewayError(
      response,
      late ? 503 : 500,
      late ? "Service Unavailable" : "Internal Server Error",
    );
  }
}

function find(method: string, rawPath: string) {
  try {
    const asked = matchRoute(routeTable, method === "HEAD" ? "GET" : method, rawPath);
    return method === "HEAD" && asked?.route.audience !== "published" ? undefined : asked;
  } catch (error) {
    if (error instanceof URIError) return "broken path" as const;
    throw error;
  }
}

function deny(response: ServerResponse, { status, challenge }: Denied): void {
  response.setHeader("www-authenticate", challenge);
  gatewayError(response, status, status === 401 ? "Unauthorized" : "Forbidden");
}
