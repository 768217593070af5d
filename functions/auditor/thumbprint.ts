import type { JWK } from "jose";
import type { AuditorKey } from "../../shared/api/audit-views.ts";
import { toHex, utf8 } from "../../shared/base/bytes.ts";
import { sha256 } from "../../shared/base/sha256.ts";

/** SHA-256 of a key's required members in the order of their names (RFC 7638 §3). */
const hashOf = ({ crv, kty, x, y }: AuditorKey): Uint8Array =>
  sha256(utf8(JSON.stringify({ crv, kty, x, y })));

/** A key's thumbprint in hex, as records name it. */
export const thumbprintOf = (key: AuditorKey): string => toHex(hashOf(key));

/** The key as openings are closed for it: its id is its thumbprint in base64url, whatever it calls itself. */
export function jwkOf(key: AuditorKey): JWK {
  const { crv, kty, x, y } = key;
  return { crv, kty, x, y, kid: Buffer.from(hashOf(key)).toString("base64url") };
}
