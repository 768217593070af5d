/** SHA-256 (FIPS 180-4): node:crypto in Node, @noble/hashes elsewhere; `imports` in package.json chooses. */
export { sha256, sha256Into, sha256OfPieces } from "#sha256";
