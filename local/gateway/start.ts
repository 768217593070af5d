import type { IncomingMessage, ServerResponse } from "node:http";
import { idsOf, type RequestIds } from "../../functions/http/request-ids.ts";
import { defaultRouteKey } from "../../functions/http/unrouted.ts";
import { gatewayLimits, stageThrottle } from "../../shared/api/gateway-error.ts";
import { matchRoute } from "../../shared/api/match.ts";
import { type AnsweredAudience, routeKeyOf } from "../../shared/api/route.ts";
import { routeTable } from "../../shared/api/routes.ts";
import type { ObjectStore } from "../../shared/ports/objects.ts";
import { type Denied, jwtAuthorizer, type TrustedIssuer } from "./authorizer.ts";
import { readBody } from "./body.ts";
import { refuseBroken } from "./broken-request.ts";
import { proxyEvent, splitTarget } from "./event.ts";
import { type Handler, invoke, TimedOut } from "./invoke.ts";
import { type Listening, listen } from "./listen.ts";
import { type Pages, servePage } from "./pages.ts";
import { servePublished } from "./published.ts";
import { exceeds, gatewayError, sendResult } from "./send.ts";
import { type Throttle, throttle } from "./throttle.ts";

/** The functions behind the gateway, by the audience whose rows of the table they serve, and the one for what no row takes. */
export type Handlers = Readonly<Record<AnsweredAudience | "unrouted", Handler>>;

/** What the gateway itself has to report: never a path, header or body. */
export type GatewayLog = (
  line: { readonly event: string; readonly route?: string } & Partial<RequestIds>,
) => void;

export interface GatewayOptions {
  /** 0: any free one. */
  readonly port: number;
  readonly handlers: Handlers;
  readonly trusted: TrustedIssuer;
  /** The published files of all logs, keyed as shared/api/log-path.ts says. */
  readonly published: ObjectStore;
  /** Static files by path, public: beside the API, as a CDN would serve them. */
  readonly pages?: Pages;
  readonly log: GatewayLog;
  /** How long the gateway waits for a function: API Gateway's own limit unless said. */
  readonly timeoutMs?: number;
  /** How long a client may take to send its headers, and then its whole request. */
  readonly clientTimeoutMs?: number;
  /** What passes, for all callers together: the deployed stage's unless said. */
  readonly throttle?: Throttle;
}

/** Everything that one request meets. */
interface Serving extends GatewayOptions {
  readonly authorize: ReturnType<typeof jwtAuthorizer>;
  readonly mayPass: (nowMs: number) => boolean;
}

/**
 * The HTTP API of this machine: the table's routes on 127.0.0.1, with API Gateway's events, authorizer, limits and error bytes, the functions
 * called in this process. Throws CannotListen, one sentence, if the port is taken.
 */
export function startGateway(options: GatewayOptions): Promise<Listening> {
  const authorize = jwtAuthorizer(options.trusted);
  const mayPass = throttle(options.throttle ?? stageThrottle);
  const serving = { ...options, authorize, mayPass };
  const clientTimeoutMs = options.clientTimeoutMs ?? gatewayLimits.integrationMs;
  return listen(
    "The gateway",
    options.port,
    (request, response) => {
      answer(serving, request, response).catch(() => {
        options.log({ event: "gateway failed" });
        gatewayError(response, 500);
      });
    },
    {
      maxHeaderSize: gatewayLimits.headerBytes,
      headersTimeout: clientTimeoutMs,
      requestTimeout: clientTimeoutMs,
      connectionsCheckingInterval: Math.ceil(clientTimeoutMs / 30),
      refuseBroken,
    },
  );
}

async function answer(
  serving: Serving,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { rawPath } = splitTarget(request.url ?? "/");
  if (await servePage(serving.pages, request, response, rawPath)) return;
  const found = find(request.method ?? "GET", rawPath);
  if (found?.audience === "published") {
    return servePublished(serving.published, request, response, rawPath);
  }
  if (!serving.mayPass(Date.now())) return gatewayError(response, 429);
  if (!found) return gatewayError(response, 400);
  const { scopes } = found;
  const { authorization } = request.headers;
  const verdict = scopes.length > 0 ? await serving.authorize(authorization, scopes) : undefined;
  if (verdict && "status" in verdict) return deny(response, verdict);
  const body = await readBody(request);
  if (body === "too large") return gatewayError(response, 413);
  const event = proxyEvent(request, { ...found, body, authorized: verdict, nowMs: Date.now() });
  if (exceeds(event, event.body ?? "")) return gatewayError(response, 413);
  const timeoutMs = serving.timeoutMs ?? gatewayLimits.integrationMs;
  try {
    const handler = serving.handlers[found.audience];
    sendResult(response, await invoke(found.audience, handler, event, timeoutMs));
  } catch (error) {
    const late = error instanceof TimedOut;
    const failed = late ? "function timed out" : "function failed";
    serving.log({ event: failed, route: found.routeKey, ...idsOf(event) });
    gatewayError(response, late ? 503 : 500);
  }
}

/** Where a request goes: to a row of the table, or to `$default`; undefined for a path with a broken percent escape. */
function find(method: string, rawPath: string) {
  const unrouted = {
    audience: "unrouted",
    routeKey: defaultRouteKey,
    scopes: [],
    pathParameters: {},
  } as const;
  try {
    const asked = matchRoute(routeTable, method === "HEAD" ? "GET" : method, rawPath);
    if (!asked) return unrouted;
    const { route, pathParameters } = asked;
    const { audience, scopes } = route;
    if (method === "HEAD" && audience !== "published") return unrouted;
    return { audience, scopes, routeKey: routeKeyOf(route), pathParameters };
  } catch (error) {
    if (error instanceof URIError) return undefined;
    throw error;
  }
}

function deny(response: ServerResponse, { status, challenge }: Denied): void {
  response.setHeader("www-authenticate", challenge);
  gatewayError(response, status);
}
