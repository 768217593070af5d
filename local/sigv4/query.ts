import { createHash, createHmac, timingSafeEqual } from "node:crypto";

/* AWS Signature Version 4 of a request that was signed beforehand, in its query, as a stub checks it (https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html). */

/** Lower-case hex of a text's SHA-256. */
export const sha256Hex = (text: string): string => createHash("sha256").update(text).digest("hex");

/**
 * Whether the query's `X-Amz-Signature` is that of this canonical request, under the key that `secret`, day, region and service give: `scope` is
 * `day/region/service/aws4_request`, `date` the `X-Amz-Date`.
 */
export function isSignedWith(
  secret: string,
  query: URLSearchParams,
  scope: string,
  canonical: string,
): boolean {
  const date = query.get("X-Amz-Date") ?? "";
  const key = scope.split("/").reduce<string | Buffer>(hmac, `AWS4${secret}`);
  const text = ["AWS4-HMAC-SHA256", date, scope, sha256Hex(canonical)].join("\n");
  const ours = hmac(key, text);
  const theirs = Buffer.from(query.get("X-Amz-Signature") ?? "", "hex");
  return theirs.length === ours.length && timingSafeEqual(theirs, ours);
}

const hmac = (key: string | Buffer, text: string): Buffer =>
  createHmac("sha256", key).update(text).digest();

/** Milliseconds of `YYYYMMDDTHHMMSSZ`; undefined where it is no such time. */
export function msOf(text: string): number | undefined {
  const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text);
  if (!parts) return undefined;
  const [, year, month, day, hour, minute, second] = parts;
  const ms = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(ms) ? undefined : ms;
}

const escaped = (text: string): string =>
  encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`,
  );

/** The query as it is signed: escaped, sorted, without the signature itself. */
export const canonicalQuery = (query: URLSearchParams): string =>
  [...query]
    .filter(([name]) => name !== "X-Amz-Signature")
    .map(([name, value]) => [escaped(name), escaped(value)] as const)
    .sort(([a, x], [b, y]) => (a === b ? (x < y ? -1 : 1) : a < b ? -1 : 1))
    .map((pair) => pair.join("="))
    .join("&");
