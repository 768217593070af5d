import { hash } from "node:crypto";
import { type Role, type Scope, scopesOfRole } from "../../shared/api/role.ts";

/** Someone the local issuer knows. */
export interface LocalUser {
  /** A person's name, or a machine's client id. */
  readonly username: string;
  /** The `sub` of its tokens: with the issuer, what our table of principals knows it by. */
  readonly sub: string;
  /** A person signs in by name; a machine is a client with a secret of its own. */
  readonly kind: "person" | "machine";
  /** `cognito:groups` of the token. Roles come from our own table, never from here. */
  readonly groups: readonly string[];
  readonly scopes: readonly Scope[];
}

/** A user with the scopes of `role`. */
export const localUser = (
  username: string,
  role: Role,
  kind: LocalUser["kind"] = "person",
): LocalUser => ({
  username,
  sub: subOf(username, kind),
  kind,
  groups: [role],
  scopes: scopesOfRole[role],
});

/**
 * The `sub` of a local user. A person's is a UUID made of the name, the same in every clone, so that seeded rows fit; a machine's is, as at Cognito,
 * its client id.
 */
export function subOf(username: string, kind: LocalUser["kind"] = "person"): string {
  if (kind === "machine") return username;
  const digits = hash("sha256", `countersign local user\n${username}`, "hex");
  const parts = [
    [0, 8],
    [8, 12],
    [12, 16],
    [16, 20],
    [20, 32],
  ] as const;
  return parts.map(([from, to]) => digits.slice(from, to)).join("-");
}
