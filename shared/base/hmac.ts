export { hmacSha256 } from "#sha256";

/** Whether two codes are the same; takes as long for any two of one length, so that a guess learns nothing from how far it came. */
export function sameCode(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  let differences = 0;
  for (let i = 0; i < a.length; i++) differences |= (a[i] ?? 0) ^ (b[i] ?? 0);
  return differences === 0;
}
