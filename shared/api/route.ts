import type * as z from "zod";
import type { Json } from "../base/canonical.ts";
import type { RefusalCode } from "../base/refusal.ts";
import type { Role, Scope } from "./role.ts";

/** Audiences that a Lambda function of their name answers. */
export const answeredAudiences = ["claimant", "insurer", "auditor", "public"] as const;
export type AnsweredAudience = (typeof answeredAudiences)[number];

/** Who a route is for. `published` has no function: files of the log, which a CDN serves as they lie. */
export const audiences = [...answeredAudiences, "published"] as const;
export type Audience = (typeof audiences)[number];

/** One answer of a route that is not a problem. */
export interface RouteReply {
  readonly contentType: string;
  readonly description: string;
  readonly schema?: z.ZodType;
  /** It has an ETag, which a change of the same thing names in If-Match. */
  readonly etag?: true;
  /** A POST's that makes nothing with a path of its own; any other has a Location. */
  readonly nameless?: true;
  /** The reply as it travels. */
  readonly example?: Json;
}

/** One row of the table of routes: all that the router, the gateway, the stack and the documentation need to know. */
export interface Route<Params = unknown, Body = unknown, Query = unknown> {
  /** A POST asks for an Idempotency-Key; a PUT says what is to hold, and asks for If-Match. */
  readonly method: "GET" | "POST" | "PUT";
  /** API Gateway's spelling: `{name}` is one segment, `{name+}` all that follow. */
  readonly path: `/${string}`;
  readonly summary: string;
  readonly audience: Audience;
  /** The token needs one of these; none: the route is open to anyone and reads no token. */
  readonly scopes: readonly Scope[];
  /** The caller's row must hold one of these; none only where `scopes` is. */
  readonly roles: readonly Role[];
  /** The change is of something the caller has seen: without `If-Match` 428, where it is another by now 412 (RFC 9110 §13.1.1, RFC 6585 §3). */
  readonly precondition?: true | undefined;
  /** Whether `Prefer: wait=N` is heard (RFC 7240 §4.3). */
  readonly prefer?: "wait";
  readonly params: z.ZodType<Params>;
  /** The query, each name at most once; without a schema none is read. */
  readonly query?: z.ZodType<Query>;
  readonly body?: z.ZodType<Body>;
  /** The insurer the request names; without one, each insurer where the caller has a row is tried. */
  insurerOf?(params: Params, body: Body): string;
  /** What the domain may refuse here, all of it; what the other columns ask for is refused besides ({@link problemsOf}). */
  readonly refuses: readonly RefusalCode[];
  readonly replies: Readonly<Record<number, RouteReply>>;
  /** A request as a client writes it. */
  readonly example: { readonly path: string; readonly query?: string; readonly body?: Json };
}

/** API Gateway's name of a route: method, space, path. */
export const routeKeyOf = (route: Pick<Route, "method" | "path">): string =>
  `${route.method} ${route.path}`;

/** A row with all that a client's types are made of: its method, who may ask, what is refused, and each reply's own schema. */
export type TypedRoute<Params, Body, Query, Method, Precondition, Scopes, Refuses, Replies> = Omit<
  Route<Params, Body, Query>,
  "method" | "precondition" | "scopes" | "refuses" | "replies"
> & {
  readonly method: Method;
  readonly precondition?: Precondition;
  readonly scopes: Scopes;
  readonly refuses: Refuses;
  readonly replies: Replies;
};

/** Checks a row's types against each other; the row itself, with them. */
export const route = <
  Params,
  const Method extends Route["method"],
  const Scopes extends Route["scopes"],
  const Refuses extends Route["refuses"],
  const Replies extends Route["replies"],
  Body = undefined,
  Query = undefined,
  const Precondition extends true | undefined = undefined,
>(
  row: TypedRoute<Params, Body, Query, Method, Precondition, Scopes, Refuses, Replies>,
): TypedRoute<Params, Body, Query, Method, Precondition, Scopes, Refuses, Replies> => row;
