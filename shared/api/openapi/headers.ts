import type { Json } from "../../base/canonical.ts";
import { tagsForm } from "../etag.ts";
import { idempotencyKeyForm } from "../idempotency-key.ts";
import type { Route } from "../route.ts";
import type { SchemaObject } from "./wire-schema.ts";

const text = (more: SchemaObject): SchemaObject => ({ type: "string", ...more });

/** Request headers, `components.parameters`. */
export const headerParameters = {
  IdempotencyKey: {
    name: "Idempotency-Key",
    in: "header",
    required: true,
    description:
      "Any random text, once per act: a repeated request with the same key gets the first answer again, with `Idempotency-Replayed: true`, also where that was what the domain refused; another body under it is 422. Nothing is kept of 400, 401 and 5xx, nor of `not-found`, `not-permitted`, `no-policy`, `erased`, `stale` and `not-now`: asked again, it is judged anew.",
    schema: text({ pattern: idempotencyKeyForm.source }),
    example: "8e03978e-40d5-43dd-bc93-6894a57f9324",
  },
  Prefer: {
    name: "Prefer",
    in: "header",
    description:
      "`wait=N`: waits up to N seconds for the log's signature (RFC 7240 §4.3), at most as many as the summary says.",
    schema: text({}),
    example: "wait=3",
  },
  IfMatch: {
    name: "If-Match",
    in: "header",
    required: true,
    description:
      "The ETag of what you read and mean to change (RFC 9110 §13.1.1); `*` names no version, so it is as none.",
    schema: text({ pattern: tagsForm.source }),
    example: '"1"',
  },
  IfNoneMatch: {
    name: "If-None-Match",
    in: "header",
    description: "The ETag you hold: 304 if it still stands (RFC 9110 §13.1.2).",
    schema: text({}),
  },
  Traceparent: {
    name: "traceparent",
    in: "header",
    description:
      "W3C Trace Context: its trace-id is in problems and in our log. One that can't be read is ignored.",
    schema: text({}),
    example: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
  },
} as const satisfies Record<string, SchemaObject>;

/** Response headers, `components.headers`. */
export const responseHeaders = {
  RequestId: { description: "Names the request in our log; quote it.", schema: text({}) },
  GatewayRequestId: { description: "API Gateway's own name of the request.", schema: text({}) },
  Location: { description: "Where the new thing is.", schema: text({ format: "uri-reference" }) },
  IdempotencyReplayed: {
    description: "`true`: this is the first answer again, nothing was done twice.",
    schema: text({ const: "true" }),
  },
  PreferenceApplied: { description: "The preference that was followed.", schema: text({}) },
  RetryAfter: { description: "Seconds to wait.", schema: text({ pattern: "^[0-9]+$" }) },
  ETag: { description: "The strong tag of this version (RFC 9110 §8.8.3).", schema: text({}) },
  WwwAuthenticate: { description: "What the token lacks (RFC 6750 §3).", schema: text({}) },
} as const satisfies Record<string, SchemaObject>;

/** Whether `row` answers with a published file as it lies, which is conditional (RFC 9110 §13). */
export const servesFiles = (row: Route): boolean =>
  row.audience === "published" || row.path.startsWith("/logs/{insurer}/tile/");

const toParameter = (name: keyof typeof headerParameters): Json => ({
  $ref: `#/components/parameters/${name}`,
});

/** The request headers that `row` reads. */
export function headersRead(row: Route): Json[] {
  return [
    ...(row.method === "POST" ? (["IdempotencyKey"] as const) : []),
    ...(row.prefer === "wait" ? (["Prefer"] as const) : []),
    ...(row.precondition ? (["IfMatch"] as const) : []),
    ...(servesFiles(row) ? (["IfNoneMatch"] as const) : []),
    ...(row.audience === "published" ? [] : (["Traceparent"] as const)),
  ].map(toParameter);
}

const toHeader = (name: keyof typeof responseHeaders): Json => ({
  $ref: `#/components/headers/${name}`,
});

/** The response headers of an answer of `row` with this status. */
export function headersSent(row: Route, status: number): SchemaObject {
  const ours = row.audience === "published" ? {} : { "x-request-id": toHeader("RequestId") };
  const made = row.method === "POST" && status < 300;
  return {
    ...ours,
    ...(made && !row.replies[status]?.nameless ? { location: toHeader("Location") } : {}),
    ...(made ? { "idempotency-replayed": toHeader("IdempotencyReplayed") } : {}),
    ...(status < 300 && row.prefer ? { "preference-applied": toHeader("PreferenceApplied") } : {}),
    ...(status === 202 || status === 503 ? { "retry-after": toHeader("RetryAfter") } : {}),
    ...(row.replies[status]?.etag || (status < 400 && servesFiles(row))
      ? { etag: toHeader("ETag") }
      : {}),
    ...(status === 401 || status === 403
      ? { "www-authenticate": toHeader("WwwAuthenticate") }
      : {}),
    ...(status >= 400 ? { "apigw-requestid": toHeader("GatewayRequestId") } : {}),
  };
}
