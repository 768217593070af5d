import { canonicalQuery, isSignedWith, msOf, sha256Hex } from "../sigv4/query.ts";

/** Whose token it is, or why it opens nothing. */
export type Bearer =
  | { readonly accessKeyId: string; readonly action: string; readonly signedMs: number }
  | { readonly refused: string };

/**
 * Reads a password of Aurora DSQL: a request for `endpoint` that was signed beforehand (SigV4 query, service `dsql`), of which only the query travels, good for as
 * many seconds as it says (https://docs.aws.amazon.com/aurora-dsql/latest/userguide/SECTION_authentication-token.html). `secretOf` knows the callers.
 */
export function readToken(
  token: string,
  endpoint: string,
  nowMs: number,
  secretOf: (accessKeyId: string) => string | undefined,
): Bearer {
  const [host, text = ""] = token.split("/?", 2);
  if (host !== endpoint) return { refused: "it is for another cluster" };
  const query = new URLSearchParams(text);
  const [accessKeyId = "", day = "", region = "", service = ""] = (
    query.get("X-Amz-Credential") ?? ""
  ).split("/");
  const secret = secretOf(accessKeyId);
  if (secret === undefined || service !== "dsql") return { refused: "nobody known signed it" };
  const canonical = ["GET", "/", canonicalQuery(query), `host:${endpoint}`, "", "host"];
  const scope = [day, region, service, "aws4_request"].join("/");
  if (!isSignedWith(secret, query, scope, [...canonical, sha256Hex("")].join("\n"))) {
    return { refused: "its signature is another's" };
  }
  const signedMs = msOf(query.get("X-Amz-Date") ?? "") ?? Number.NaN;
  const expiresMs = signedMs + Number(query.get("X-Amz-Expires")) * 1_000;
  if (!(nowMs < expiresMs)) return { refused: "it has expired" };
  return { accessKeyId, action: query.get("Action") ?? "", signedMs };
}
