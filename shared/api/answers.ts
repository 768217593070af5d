import type { GatewayStatus } from "./gateway-error.ts";
import { type ProblemCode, problems } from "./problem.ts";
import type { Route } from "./route.ts";

/** What {@link problemsOf} reads of a row. */
type Asking = Pick<
  Route,
  "audience" | "method" | "path" | "scopes" | "body" | "query" | "precondition" | "refuses"
>;

/** Every problem that a function can answer on `row`, each once: what its own columns ask for, and what the domain may refuse. */
export function problemsOf(row: Asking): ReadonlySet<ProblemCode> {
  const asked: readonly (readonly [boolean, readonly ProblemCode[]])[] = [
    [true, ["internal", "unavailable"]],
    [row.path.includes("{"), ["not-found"]],
    // Of whoever goes round the edge, and of a token without scope or role.
    [row.audience !== "published", ["not-permitted"]],
    [row.scopes.length > 0, ["unauthenticated"]],
    [row.body !== undefined, ["malformed-request", "body-too-large", "unsupported-media-type"]],
    [row.method === "POST", ["malformed-request", "idempotency-key-required", "key-reused"]],
    [row.precondition === true, ["malformed-request", "precondition-required", "stale"]],
    [row.query !== undefined, ["malformed-request"]],
    [true, row.refuses],
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
