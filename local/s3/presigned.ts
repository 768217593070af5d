import type { IncomingMessage } from "node:http";
import { splitTarget } from "../gateway/event.ts";
import { canonicalQuery, isSignedWith, msOf } from "../sigv4/query.ts";
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
  if (!isSignedWith(secret, query, `${day}/${scope}`, canonical)) return "SignatureDoesNotMatch";
  return nowMs > from + expires * 1_000 ? "AccessDenied" : undefined;
}

const headerOf = ({ headers }: IncomingMessage, name: string): string =>
  [headers[name] ?? []].flat().join(",").trim().replaceAll(/ +/g, " ");
