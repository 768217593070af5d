import { fromBase64, toHex } from "../base/bytes.ts";

/** The field and the constant of P-256 (NIST SP 800-186 §3.2.1.3); its other constant is -3. */
const p = 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n;
const b = 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn;

/** Whether coordinates of 32 bytes in base64url are a point of P-256: a key with others can't be used (RFC 7518 §6.2.2, SP 800-56A §5.6.2.3.4). */
export function isPoint(key: { readonly x: string; readonly y: string }): boolean {
  const [x, y] = [numberOf(key.x), numberOf(key.y)];
  return x < p && y < p && (y * y - (x * x * x - 3n * x + b)) % p === 0n;
}

function numberOf(coordinate: string): bigint {
  const base64 = `${coordinate.replaceAll("-", "+").replaceAll("_", "/")}=`;
  return BigInt(`0x${toHex(fromBase64(base64, "coordinate"))}`);
}
