import { randomBytes, randomUUID } from "node:crypto";
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Malformed } from "../../shared/base/malformed.ts";

/** Where a machine of this issuer finds its secret. */
export const secretFile = (folder: string, clientId: string): string =>
  join(folder, `${clientId}.secret`);

/**
 * The secret of a machine's client, made on first use: 32 random bytes in base64url, in a file of its own that only its owner reads (0600), without
 * an end of line, so that `$(cat FILE)` is it. Of two starters one makes it and both read it. Malformed if the file is damaged.
 */
export function clientSecret(folder: string, clientId: string): string {
  const path = secretFile(folder, clientId);
  if (!existsSync(path)) makeOnce(folder, path, randomBytes(32).toString("base64url"));
  const secret = readFileSync(path, "utf8");
  if (/^[A-Za-z0-9_-]{43}$/.test(secret)) return secret;
  throw new Malformed(path, "is damaged: move it away and a new secret is made");
}

/** Writes `text` to `path`, 0600, unless a file is there: whole or not at all, whoever else does the same. */
export function makeOnce(folder: string, path: string, text: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const aside = `${path}.${randomUUID()}`;
  try {
    writeFileSync(aside, text, { flag: "wx", mode: 0o600, flush: true });
    linkSync(aside, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  } finally {
    rmSync(aside, { force: true });
  }
}
