import type * as z from "zod";
import type { FieldError, ProblemCode } from "../problem.ts";
import type { Route, RouteReply } from "../route.ts";

/** Rows of the table by the names their methods get. */
export type Table = Readonly<Record<string, Route>>;

type OutputOf<Schema> = Schema extends z.ZodType<infer Output> ? Output : undefined;
type ParamsOf<Row extends Route> = OutputOf<Row["params"]>;
type BodyOf<Row extends Route> = OutputOf<NonNullable<Row["body"]>>;
type QueryOf<Row extends Route> = OutputOf<NonNullable<Row["query"]>>;

/** A member that is asked for only where there is something to give. */
type Given<Name extends string, Value> = [Value] extends [undefined]
  ? { readonly [_ in Name]?: undefined }
  : { readonly [_ in Name]: Value };

/** What a request of `Row` takes: amounts and versions as bigint, times in µs, as the program holds them. */
export type RequestOf<Row extends Route> = (ParamsOf<Row> extends Readonly<Record<string, never>>
  ? { readonly params?: undefined }
  : { readonly params: ParamsOf<Row> }) &
  Given<"body", BodyOf<Row>> &
  (Row["method"] extends "POST" ? { readonly idempotencyKey: string } : unknown) &
  ([Exclude<Row["precondition"], undefined>] extends [never]
    ? unknown
    : { readonly ifMatch: string }) & {
    readonly query?: Partial<NonNullable<QueryOf<Row>>>;
    /** `Prefer: wait=N`, where the row hears it. */
    readonly waitSeconds?: number;
    /** W3C Trace Context: the trace this request is part of. */
    readonly traceparent?: string;
    readonly signal?: AbortSignal;
  };

type ValueOf<Reply extends RouteReply> = Reply extends { readonly schema: z.ZodType<infer Output> }
  ? Output
  : Reply["contentType"] extends `text/${string}`
    ? string
    : Uint8Array;

/** An answer of `Row` that is no refusal, by its status. */
export type ReplyOf<Row extends Route> = {
  [Status in keyof Row["replies"] & number]: {
    readonly ok: true;
    readonly status: Status;
    readonly value: ValueOf<NonNullable<Row["replies"][Status]>>;
    /** A header of the answer by its lower-case name. */
    readonly header: (name: string) => string | undefined;
  };
}[keyof Row["replies"] & number];

/** What each column of a row has refused, as `problemsOf` gives it at run time. */
type AskedOf<Row extends Route> =
  | (ParamsOf<Row> extends Readonly<Record<string, never>> ? never : "not-found")
  | (Row["scopes"] extends readonly [] ? never : "unauthenticated")
  | ([BodyOf<Row>] extends [undefined]
      ? never
      : "malformed-request" | "body-too-large" | "unsupported-media-type")
  | (Row["method"] extends "POST"
      ? "malformed-request" | "idempotency-key-required" | "key-reused"
      : never)
  | ([Exclude<Row["precondition"], undefined>] extends [never]
      ? never
      : "malformed-request" | "precondition-required" | "stale")
  | ([QueryOf<Row>] extends [undefined] ? never : "malformed-request");

/** The problems that `Row` can answer, by their codes: a closed list. */
export type ProblemOf<Row extends Route> =
  | "internal"
  | "unavailable"
  | "not-permitted"
  | AskedOf<Row>
  | Row["refuses"][number];

/**
 * A refusal: RFC 9457 problem details. `type` is `about:blank`, and then the status says all, where a gateway spoke in their place, and for a type that the row
 * does not declare, as a later version of the API may (RFC 9457 §4.2.1).
 */
export interface Refused<Code extends ProblemCode = ProblemCode> {
  readonly ok: false;
  readonly status: number;
  readonly problem: {
    readonly type: `urn:countersign:problem:${Code}` | "about:blank";
    readonly title: string;
    readonly detail?: string | undefined;
    readonly errors?: readonly FieldError[] | undefined;
    readonly requestId?: string | undefined;
    readonly traceId?: string | undefined;
  };
  readonly header: (name: string) => string | undefined;
}

/** The API as functions: one for each row, by its name. */
export type Client<Rows extends Table> = {
  readonly [Name in keyof Rows]: (
    request: RequestOf<Rows[Name]>,
  ) => Promise<ReplyOf<Rows[Name]> | Refused<ProblemOf<Rows[Name]>>>;
};
