import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, type JWK } from "jose";
import { Malformed } from "../../shared/base/malformed.ts";
import { makeOnce } from "./client-secret.ts";

/** The issuer's lasting identity: its name and its RSA key. */
export interface IssuerKey {
  readonly issuer: string;
  readonly kid: string;
  readonly signing: CryptoKey;
  readonly public: JWK;
  readonly private: JWK;
}

const modulusLength = 2048;

/**
 * The key in `folder`, made there on first use, with the issuer name it was made under: principals are kept by that name, so it outlives
 * a change of port. The file is 0600; of two starters one makes it and both read it. Malformed if the file is damaged.
 */
export async function issuerKey(folder: string, issuer: string): Promise<IssuerKey> {
  const path = join(folder, "issuer.json");
  if (!existsSync(path)) await makeKey(folder, path, issuer);
  const saved = readSaved(path);
  const { kty, n, e } = saved.key;
  const kid = await calculateJwkThumbprint({ kty, n, e } as JWK);
  const signing = await importJWK(saved.key, "RS256");
  if (signing instanceof Uint8Array) throw new Malformed(path, "holds no RSA key");
  const published = { kty, n, e, kid, alg: "RS256", use: "sig" } as JWK;
  const secret = { ...saved.key, ...published };
  return { issuer: saved.issuer, kid, signing, public: published, private: secret };
}

async function makeKey(folder: string, path: string, issuer: string): Promise<void> {
  const pair = await generateKeyPair("RS256", { modulusLength, extractable: true });
  makeOnce(folder, path, `${JSON.stringify({ issuer, key: await exportJWK(pair.privateKey) })}\n`);
}

function readSaved(path: string): { issuer: string; key: JWK } {
  try {
    const saved = JSON.parse(readFileSync(path, "utf8")) as { issuer?: unknown; key?: JWK };
    const { issuer, key } = saved;
    if (typeof issuer === "string" && key?.kty === "RSA" && key.d !== undefined) {
      return { issuer, key };
    }
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new Malformed(path, "is damaged: move it away and a new key is made");
}
