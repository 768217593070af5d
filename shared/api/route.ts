import type * as z from "zod";
import type { Json } from "../base/canonical.ts";
import type { Role, Scope } from "./role.ts";

/** Who a route is for; also the Lambda function that answers it. `published` is no function: files of the log, served as they lie. */
export const audiences = ["claimant", "insurer", "public", "published"] as const;
export type Audience = (typeof audiences)[number];

/** One answer of a route that is not a problem. */
export interface RouteReply {
  readonly contentType: string;
  readonly description: string;
  readonly schema?: z.ZodType;
}

/** One row of the table of routes: all that the router, the gateway, the stack and the documentation need to know. */
export interface Route<Params = unknown, Body = unknown> {
  readonly method: "GET" | "POST";
  /** API Gateway's spelling: `{name}` is one segment, `{name+}` all that follow. */
  readonly path: `/${string}`;
  readonly summary: string;
  readonly audience: Audience;
  /** The token needs one of these; none: the route is open to anyone and reads no token. */
  readonly scopes: readonly Scope[];
  /** The caller's row must hold one of these; none only where `scopes` is. */
  readonly roles: readonly Role[];
  readonly idempotency: "required" | "optional" | "none";
  readonly params: z.ZodType<Params>;
  readonly body?: z.ZodType<Body>;
  /** The insurer the request names; without one, each insurer where the caller has a row is tried. */
  insurerOf?(params: Params, body: Body): string;
  readonly replies: Readonly<Record<number, RouteReply>>;
  /** A request as a client writes it. */
  readonly example: { readonly path: string; readonly body?: Json };
}

/** API Gateway's name of a route: method, space, path. */
export const routeKeyOf = (route: Pick<Route, "method" | "path">): string =>
  `${route.method} ${route.path}`;

/** Checks a row's types against each other; the row itself. */
export const route = <Params, Body = undefined>(row: Route<Params, Body>): Route<Params, Body> =>
  row;
