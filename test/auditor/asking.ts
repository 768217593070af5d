import type { Context } from "aws-lambda";
import { auditorEndpoints } from "../../functions/auditor/endpoints.ts";
import { wallClock } from "../../functions/http/clock.ts";
import type { ApiEvent } from "../../functions/http/event.ts";
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

/** Asks the auditor's function of a platform as one of `rows`, as API Gateway would hand it on; `late` moves its clock. */
export function auditorOf(services: Services, rows: readonly (readonly [string, Principal])[]) {
  const log = { info: () => undefined, error: () => undefined };
  let lateUs = 0n;
  const edge = {
    principals: principalsDouble(() => "i", rows),
    log,
    now: () => wallClock() + lateUs,
  };
  const { ports: commands, published, auditing } = services;
  const handler = auditorEndpoints(edge, { commands, published, auditing });
  const ask = async (sub: string, path: string, { body, key, range }: Sending = {}) => {
    const method = body === undefined ? "GET" : "POST";
    const matched = matchRoute(routeTable, method, path);
    if (!matched) throw new Error(`no route for ${path}`);
    const claims = { iss: "i", sub, token_use: "access", username: sub, scope: scopes.join(" ") };
    const event = {
      routeKey: routeKeyOf(matched.route),
      rawPath: path,
      headers: {
        "content-type": "application/json",
        ...(key === undefined ? {} : { "idempotency-key": key }),
        ...(range === undefined ? {} : { range }),
      },
      pathParameters: { ...matched.pathParameters },
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
