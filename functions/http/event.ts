import type {
  APIGatewayProxyEventV2,
  APIGatewayProxyStructuredResultV2,
  Context,
} from "aws-lambda";
import type { Credential } from "../../shared/base/actor.ts";
import type { Json } from "../../shared/base/canonical.ts";
import type { Handle } from "../../shared/base/handle.ts";
import type { Asked, Caller } from "../../shared/ports/claims.ts";

/** Claims of the access token as API Gateway's JWT authorizer passes them on: every value is text, a list is `[a b]`. */
export interface TokenClaims {
  readonly issuer: string;
  readonly sub: string;
  readonly scopes: readonly string[];
  /** What the login showed, as far as the token says. */
  readonly credential: Credential;
}

/** A request that has passed the stack: parsed, checked, its callers known. */
export interface HttpRequest<Params, Body, Query = unknown> {
  readonly requestId: string;
  readonly traceId: string;
  /** The path as it was asked for. */
  readonly rawPath: string;
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  /** The body's JSON before the schema read it. */
  readonly json: Json;
  /** The token's subject at each insurer the request may concern, at least one; empty only on routes open to anyone. */
  readonly callers: readonly Caller[];
  /** Its Idempotency-Key and If-Match, where the row asks for them. */
  readonly asked: Asked;
  /** A request header by its lower-case name. */
  readonly header: (name: string) => string | undefined;
}

/** A request on its way through the stack; each middleware fills in what its name says. */
export type Passing<Params, Body, Query> = {
  -readonly [Part in keyof HttpRequest<Params, Body, Query>]: HttpRequest<
    Params,
    Body,
    Query
  >[Part];
} & { token: TokenClaims | undefined; stream: Handle | undefined; record: string | undefined };

/** API Gateway's event (payload format 2.0, with the JWT authorizer's part where the route has one) and the request read from it. */
export interface HttpEvent<Params, Body, Query> extends APIGatewayProxyEventV2 {
  request: Passing<Params, Body, Query>;
}

export type ApiEvent = APIGatewayProxyEventV2;
export type ApiResult = APIGatewayProxyStructuredResultV2;

/** What API Gateway invokes. */
export type LambdaHandler = (event: ApiEvent, context: Context) => Promise<ApiResult>;
