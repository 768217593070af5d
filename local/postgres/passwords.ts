import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { loginOf, roles, superuser } from "./roles.ts";
import { StartFailure } from "./start-failure.ts";

/** The password of each login of one cluster. */
export type Passwords = Readonly<Record<string, string>>;

const logins = [superuser, ...roles.map(loginOf)];

/** Reads the passwords, or makes them (24 random bytes each) in a file only this user can read. */
export function keepPasswords(file: string, clusterExists: boolean): Passwords {
  if (existsSync(file)) return JSON.parse(readFileSync(file, "utf8"));
  if (clusterExists) {
    throw new StartFailure(`${file} is missing, and without it nobody can log in to this database`);
  }
  const made = logins.map((login) => [login, randomBytes(24).toString("base64url")]);
  const passwords: Passwords = Object.fromEntries(made);
  writeFileSync(`${file}.new`, JSON.stringify(passwords, null, 2), { mode: 0o600 });
  renameSync(`${file}.new`, file);
  return passwords;
}
