import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { splitTarget } from "../gateway/event.ts";
import type { S3ErrorCode } from "./answer.ts";

/** The one secret of local clients ({@link localClientConfig}). */
const secret = "local";
const longestExpirySeconds = 604_800;

/**
 * Why a request that was signed beforehand is refused; undefined where its signature is ours and of now. As S3 checks it: AWS4-HMAC-SHA256 over method, path,
 * query and the headers that are named, which must be sent as they were signed, and no other `x-amz-` header
 * (https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html).
 */
export function refusePresigned(request: IncomingMessage, nowMs: number): S3ErrorCode | undefined {
  const { rawPath, rawQueryString } = splitTarget(request.url ?? "/");
  const query = new URLSearchParams(rawQueryString);
  const date = query.get("X-Amz-Date") ?? "";
  const expires = Number(query.get("X-Amz-Expires") ?? "0");
  const [, day = "", scope = ""] =
    /^[^/]+\/((?:\d{8}))\/(.+)$/.exec(query.get("X-Amz-Credential") ?? "") ?? [];
  const from = msOf(date);
  if (from === undefined || day !== date.slice(0, 8) || !(expires > 0)) return "InvalidArgument";
  if (expires > longestExpirySeconds) return "InvalidArgument";
  const names = (query.get("X-Amz-SignedHeaders") ?? "").split(";");
  const unsigned = Object.keys(request.headers).some(
    (name) => name.startsWith("x-amz-") && !names.includes(name),
  );
  if (unsigned || !names.includes("host")) return "AccessDenied";
  const canonical = [
    request.method ?? "",
    rawPath,
    canonicalQuery(query),
    ...names.map((name) => `${name}:${headerOf(request, name)}`),
    "",
    names.join(";"),
    "UNSIGNED-PAYLOAD",
  ].join("\n");
  const text = [
    "AWS4-HMAC-SHA256",
    date,
    `${day}/${scope}`,
    createHash("sha256").update(canonical).digest("hex"),
  ].join("\n");
  const ours = hmac(keyOf(day, scope), text);
  const theirs = Buffer.from(query.get("X-Amz-Signature") ?? "", "hex");
  if (theirs.length !== ours.length || !timingSafeEqual(theirs, ours)) {
    return "SignatureDoesNotMatch";
  }
  return nowMs > from + expires * 1_000 ? "AccessDenied" : undefined;
}

const hmac = (key: string | Buffer, text: string): Buffer =>
  createHmac("sha256", key).update(text).digest();

/** The signing key of a day, region and service: `scope` is `region/service/aws4_request`. */
const keyOf = (day: string, scope: string): Buffer =>
  [day, ...scope.split("/")].reduce<string | Buffer>(hmac, `AWS4${secret}`) as Buffer;

/** Milliseconds of `YYYYMMDDTHHMMSSZ`. */
function msOf(text: string): number | undefined {
  const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text);
  if (!parts) return undefined;
  const [, year, month, day, hour, minute, second] = parts;
  const ms = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(ms) ? undefined : ms;
}

const headerOf = ({ headers }: IncomingMessage, name: string): string =>
  [headers[name] ?? []].flat().join(",").trim().replaceAll(/ +/g, " ");

const escaped = (text: string): string =>
  encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`,
  );

const canonicalQuery = (query: URLSearchParams): string =>
  [...query]
    .filter(([name]) => name !== "X-Amz-Signature")
    .map(([name, value]) => [escaped(name), escaped(value)] as const)
    .sort(([a, x], [b, y]) => (a === b ? (x < y ? -1 : 1) : a < b ? -1 : 1))
    .map((pair) => pair.join("="))
    .join("&");
