import type * as z from "zod";
import { type Problem, problemDocument } from "../../shared/api/problem.ts";
import { fromUtf8, toBase64, utf8 } from "../../shared/base/bytes.ts";
import type { Handle } from "../../shared/base/handle.ts";
import type { ApiResult } from "./event.ts";
import type { RequestIds } from "./request-ids.ts";

/** An answer before it is Lambda's. */
export interface HttpReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** The insurer whose log has a new record by it. */
  readonly wakes?: string;
  /** The stream that the answer is about, for the log line, where the path does not name it. */
  readonly stream?: Handle | undefined;
  /** The leaf hash of the record that a command put in the log, for the log line: by it the request's trace is found again in outbox, entries and receipts. */
  readonly record?: string | undefined;
}

/** 200 with `value` as `schema` writes it. */
export const jsonReply = <T>(
  schema: z.ZodType<T>,
  value: T,
  headers: Readonly<Record<string, string>> = {},
): HttpReply => jsonTextReply(JSON.stringify(schema.encode(value)), headers);

/** 200 with what is JSON already, as its schema writes it. */
export const jsonTextReply = (
  json: string,
  headers: Readonly<Record<string, string>> = {},
): HttpReply => ({
  status: 200,
  headers: { "content-type": "application/json", ...headers },
  body: utf8(`${json}\n`),
});

/** 200 or `status` with plain text. */
export const textReply = (
  text: string,
  status = 200,
  headers: Readonly<Record<string, string>> = {},
): HttpReply => ({
  status,
  headers: { "content-type": "text/plain; charset=utf-8", ...headers },
  body: utf8(text),
});

const retryAfterSeconds = "2";

/** `problem` as application/problem+json (RFC 9457), with Retry-After where trying again helps. */
export function problemReply(problem: Problem, ids: RequestIds): HttpReply {
  const document = problemDocument(problem, ids);
  return {
    status: document.status,
    headers: {
      "content-type": "application/problem+json",
      ...(document.status === 503 ? { "retry-after": retryAfterSeconds } : {}),
      ...(document.status === 401 ? { "www-authenticate": "Bearer" } : {}),
    },
    body: utf8(`${JSON.stringify(document)}\n`),
  };
}

/** The result Lambda gives API Gateway: text as it is, other bytes in base64. */
export function resultOf({ status, headers, body }: HttpReply): ApiResult {
  const binary = (headers["content-type"] ?? "").startsWith("application/octet-stream");
  return {
    statusCode: status,
    headers: { ...headers },
    body: binary ? toBase64(body) : fromUtf8(body, "reply"),
    isBase64Encoded: binary,
  };
}
