import { createHash, createHmac, timingSafeEqual } from "node:crypto";

/** Whose token it is, or why it opens nothing. */
export type Bearer =
  | { readonly accessKeyId: string; readonly action: string; readonly signedMs: number }
  | { readonly refused: string };

const hmac = (key: string | Buffer, text: string): Buffer =>
  createHmac("sha256", key).update(text).digest();

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
  const date = query.get("X-Amz-Date") ?? "";
  const signed = query.get("X-Amz-Signature") ?? "";
  query.delete("X-Amz-Signature");
  const escaped = (part: string): string =>
    encodeURIComponent(part).replaceAll(
      /[!'()*]/g,
      (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`,
    );
  const pairs = [...query].map(([name, value]) => `${escaped(name)}=${escaped(value)}`).sort();
  const canonical = ["GET", "/", pairs.join("&"), `host:${endpoint}`, "", "host"];
  const emptyHash = createHash("sha256").digest("hex");
  const hash = createHash("sha256")
    .update([...canonical, emptyHash].join("\n"))
    .digest("hex");
  const scope = [day, region, service, "aws4_request"];
  const key = scope.reduce<string | Buffer>(hmac, `AWS4${secret}`);
  const ours = hmac(key, ["AWS4-HMAC-SHA256", date, scope.join("/"), hash].join("\n"));
  const theirs = Buffer.from(signed, "hex");
  if (theirs.length !== ours.length || !timingSafeEqual(theirs, ours)) {
    return { refused: "its signature is another's" };
  }
  const signedMs = Date.parse(
    date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z"),
  );
  const expiresMs = signedMs + Number(query.get("X-Amz-Expires")) * 1_000;
  if (!(nowMs < expiresMs)) return { refused: "it has expired" };
  return { accessKeyId, action: query.get("Action") ?? "", signedMs };
}
