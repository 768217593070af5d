import * as z from "zod";
import { Malformed } from "../../base/malformed.ts";
import type { Route } from "../route.ts";
import { problemIn } from "./refused.ts";
import type { Client, Refused, Table } from "./types.ts";

/** Where the API is, who asks, and what sends: nothing here reaches the network by itself. */
export interface ClientOptions {
  /** Without a slash at its end. */
  readonly baseUrl: string;
  /** An access token, or what gives one when asked; nothing for open routes only. */
  readonly token?: string | (() => Promise<string>);
  /** `fetch` of Node or a browser. */
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
}

/** A request as all rows take it, before its types. */
interface AnyRequest {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, unknown>>;
  readonly body?: unknown;
  readonly idempotencyKey?: string;
  readonly ifMatch?: string;
  readonly waitSeconds?: number;
  readonly traceparent?: string;
  readonly signal?: AbortSignal;
}

/**
 * The API of `table` as functions, one for each row. What a row's schemas hold goes in and comes out; a refusal is a value. Throws Malformed for an
 * answer that is not the row's, ZodError for a request its schema can't write, and what `fetch` throws.
 */
export function client<Rows extends Table>(table: Rows, options: ClientOptions): Client<Rows> {
  const methods = Object.entries(table).map(([name, row]) => [
    name,
    (request: AnyRequest) => ask(row, options, request),
  ]);
  return Object.fromEntries(methods) as Client<Rows>;
}

async function ask(row: Route, options: ClientOptions, request: AnyRequest): Promise<unknown> {
  const { baseUrl, token, fetch: send } = options;
  const bearer = row.scopes.length === 0 || typeof token !== "function" ? token : await token();
  const url = `${baseUrl}${pathOf(row, request.params ?? {})}${queryOf(row, request.query ?? {})}`;
  const answer = await send(url, {
    method: row.method,
    headers: headersOf(row, request, typeof bearer === "string" ? bearer : undefined),
    ...(row.body === undefined ? {} : { body: JSON.stringify(z.encode(row.body, request.body)) }),
    ...(request.signal ? { signal: request.signal } : {}),
  });
  const header = (name: string) => answer.headers.get(name) ?? undefined;
  const { status } = answer;
  if (row.replies[status] !== undefined) {
    return { ok: true, status, header, value: await bodyOf(row, answer) };
  }
  const problem = problemIn(row, status, await answer.text());
  return { ok: false, status, problem, header } satisfies Refused;
}

/** The row's path with `params` in it; the slashes of a greedy one stay. */
function pathOf({ path }: Route, params: Readonly<Record<string, string>>): string {
  return path.replaceAll(/\{(\w+)(\+?)\}/g, (_, name: string, greedy: string) => {
    const value = params[name];
    if (value === undefined) throw new Malformed(name, "is not given");
    return (greedy === "" ? [value] : value.split("/")).map(encodeURIComponent).join("/");
  });
}

function queryOf({ query }: Route, given: Readonly<Record<string, unknown>>): string {
  if (query === undefined || Object.keys(given).length === 0) return "";
  const written = z.encode((query as unknown as z.ZodObject).partial(), given);
  const named = Object.entries(written).filter(([, value]) => value !== undefined);
  const text = new URLSearchParams(named.map(([name, value]) => [name, String(value)]));
  return named.length === 0 ? "" : `?${text}`;
}

function headersOf(
  row: Route,
  { idempotencyKey, ifMatch, waitSeconds, traceparent }: AnyRequest,
  bearer: string | undefined,
): Record<string, string> {
  return {
    ...(bearer === undefined || row.scopes.length === 0
      ? {}
      : { authorization: `Bearer ${bearer}` }),
    ...(row.body === undefined ? {} : { "content-type": "application/json" }),
    ...(idempotencyKey === undefined ? {} : { "idempotency-key": idempotencyKey }),
    ...(ifMatch === undefined ? {} : { "if-match": ifMatch }),
    ...(waitSeconds === undefined ? {} : { prefer: `wait=${waitSeconds}` }),
    ...(traceparent === undefined ? {} : { traceparent }),
  };
}

/** The answer's body as the row's reply with its status says: decoded JSON, text, or bytes. */
async function bodyOf(row: Route, answer: Response): Promise<unknown> {
  const { schema, contentType = "" } = row.replies[answer.status] ?? {};
  if (schema !== undefined) {
    const read = schema.safeDecode(JSON.parse(await answer.text()) as never);
    if (read.success) return read.data;
    const where = read.error.issues[0]?.path.join(".") ?? "";
    throw new Malformed("answer", `is not what ${row.method} ${row.path} answers, at ${where}`);
  }
  if (contentType.startsWith("text/")) return answer.text();
  return new Uint8Array(await answer.arrayBuffer());
}
