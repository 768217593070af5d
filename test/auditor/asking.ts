import type { Context } from "aws-lambda";
import { insurerRows } from "../../functions/adapters/postgres/insurer-rows.ts";
import { auditorEndpoints } from "../../functions/auditor/endpoints.ts";
import { decisionsPort } from "../../functions/command/decisions-port.ts";
import { wallClock } from "../../functions/http/clock.ts";
import type { Edge } from "../../functions/http/edge.ts";
import type { ApiEvent, LambdaHandler } from "../../functions/http/event.ts";
import { insurerEndpoints } from "../../functions/insurer/endpoints.ts";
import type { Services } from "../../local/platform/services.ts";
import { matchRoute } from "../../shared/api/match.ts";
import { scopes } from "../../shared/api/role.ts";
import { routeKeyOf } from "../../shared/api/route.ts";
import { routeTable } from "../../shared/api/routes.ts";
import type { Principal } from "../../shared/ports/claims.ts";
import { principalsDouble } from "../http/claims-double.ts";

/** What an auditor sends besides the path. */
export interface Sending {
  readonly body?: unknown;
  readonly key?: string;
  readonly range?: string;
}

type Rows = readonly (readonly [string, Principal])[];

/** Asks the auditor's function of a platform as one of `rows`. */
export function auditorOf({ ports, published, auditing }: Services, rows: Rows) {
  return askingOf(rows, (edge) => auditorEndpoints(edge, { commands: ports, published, auditing }));
}

/** Asks the insurer's function of a platform as one of `rows`. */
export function insurerOf({ ports, pools, published, jobs, uploads }: Services, rows: Rows) {
  const commands = { ...ports, ...insurerRows(pools.app), published, jobs, uploads };
  return askingOf(rows, (edge) => insurerEndpoints(edge, decisionsPort(ports), commands));
}

/** Asks a function as one of `rows`, as API Gateway would hand it on; `late` moves its clock. */
function askingOf(rows: Rows, endpoints: (edge: Edge) => LambdaHandler) {
  const log = { info: () => undefined, error: () => undefined };
  let lateUs = 0n;
  const edge = {
    principals: principalsDouble(() => "i", rows),
    log,
    now: () => wallClock() + lateUs,
  };
  const handler = endpoints(edge);
  const ask = async (sub: string, path: string, { body, key, range }: Sending = {}) => {
    const method = body === undefined ? "GET" : "POST";
    const [rawPath = "", query = ""] = path.split("?");
    const matched = matchRoute(routeTable, method, rawPath);
    if (!matched) throw new Error(`no route for ${path}`);
    const claims = { iss: "i", sub, token_use: "access", username: sub, scope: scopes.join(" ") };
    const event = {
      routeKey: routeKeyOf(matched.route),
      rawPath,
      headers: {
        "content-type": "application/json",
        ...(key === undefined ? {} : { "idempotency-key": key }),
        ...(range === undefined ? {} : { range }),
      },
      pathParameters: { ...matched.pathParameters },
      queryStringParameters: Object.fromEntries(new URLSearchParams(query)),
      requestContext: { requestId: "r", authorizer: { jwt: { claims, scopes: [] } } },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      isBase64Encoded: false,
    } as unknown as ApiEvent;
    const context = { getRemainingTimeInMillis: () => 29_000 } as Context;
    const result = await handler(event, context);
    const bytes = Buffer.from(result.body ?? "", result.isBase64Encoded ? "base64" : "utf8");
    const isJson = String(result.headers?.["content-type"]).includes("json");
    return {
      status: result.statusCode,
      headers: (result.headers ?? {}) as Record<string, string>,
      bytes,
      json: isJson ? JSON.parse(bytes.toString()) : undefined,
    };
  };
  return {
    ask,
    late: (us: bigint) => {
      lateUs = us;
    },
  };
}
