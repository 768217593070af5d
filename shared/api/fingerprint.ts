import { concat, utf8 } from "../base/bytes.ts";
import { canonicalBytes, type Json } from "../base/canonical.ts";
import { sha256 } from "../base/sha256.ts";

/**
 * SHA-256 that names what was asked with an Idempotency-Key: the same JSON value with other spacing or key order is the same request.
 * The key is hashed in, so equal bodies under two keys can't be told to be equal.
 */
export const fingerprintOf = (
  routeKey: string,
  path: string,
  key: string,
  body: Json,
): Uint8Array => sha256(concat(utf8(`${routeKey}\n${path}\n${key}\n`), canonicalBytes(body)));
