import type { RefusalCode } from "../../base/refusal.ts";
import { refusalCodes } from "../../base/refusal.ts";
import type { GatewayStatus } from "../gateway-error.ts";
import { type ProblemCode, problems } from "../problem.ts";
import type { Route } from "../route.ts";

/** What somebody who only reads may be refused. */
const readRefusals: readonly RefusalCode[] = [
  "not-found",
  "not-a-party",
  "not-permitted",
  "wrong-state",
  "erased",
];

/** Every problem that a handler can answer on `row`: what its own columns ask for, and what the domain may refuse. */
export function problemsOf(row: Route): ReadonlySet<ProblemCode> {
  const served = row.audience === "published";
  const reads = row.method === "GET";
  const asked: readonly (readonly [boolean, readonly ProblemCode[]])[] = [
    [true, ["internal", "unavailable", "not-found"]],
    [row.scopes.length > 0, ["unauthenticated", "not-permitted"]],
    [row.body !== undefined, ["malformed-request", "body-too-large", "unsupported-media-type"]],
    [row.method === "POST", ["malformed-request", "idempotency-key-required", "key-reused"]],
    [row.precondition === true, ["malformed-request", "precondition-required", "stale"]],
    [row.query !== undefined, ["malformed-request"]],
    [!served && reads && row.scopes.length > 0, readRefusals],
    [!served && !reads, refusalCodes.filter((code) => code !== "stale")],
  ];
  return new Set(asked.flatMap(([holds, codes]) => (holds ? codes : [])));
}

/** The codes of {@link problemsOf} by their status, in the order of statuses. */
export function problemsByStatus(row: Route): ReadonlyMap<number, readonly ProblemCode[]> {
  const byStatus = Map.groupBy(problemsOf(row), (code) => problems[code][0] as number);
  return new Map([...byStatus].sort(([a], [b]) => a - b));
}

/** What API Gateway itself can answer on `row`, whose function is then never asked or not heard. */
export function gatewayStatusesOf(row: Route): readonly GatewayStatus[] {
  const guarded: readonly GatewayStatus[] = row.scopes.length > 0 ? [401, 403] : [];
  const served: readonly GatewayStatus[] = row.audience === "published" ? [404] : [];
  return [400, ...guarded, ...served, 413, 429, 431, 500, 503];
}
