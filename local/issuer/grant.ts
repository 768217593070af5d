import type { LocalUser } from "./users.ts";

/** Who gets a token for which scopes, or an OAuth 2.0 error code (RFC 6749 §5.2). */
export type Grant =
  | { readonly user: LocalUser; readonly scopes: readonly string[] }
  | { readonly error: string; readonly description: string };

/**
 * Judges a token request. `grant_type=password&username=…` is a person of this machine (no password: whoever reaches this loopback
 * port already sits here), `grant_type=client_credentials&client_id=…` a machine. `scope` may ask for less than the user holds.
 */
export function judgeGrant(form: URLSearchParams, users: readonly LocalUser[]): Grant {
  const type = form.get("grant_type");
  if (type !== "password" && type !== "client_credentials") {
    return deny("unsupported_grant_type", "grant_type is password or client_credentials");
  }
  const name = form.get(type === "password" ? "username" : "client_id");
  const kind = type === "password" ? "person" : "machine";
  const user = users.find((one) => one.username === name && one.kind === kind);
  if (!user) {
    const known = users.filter((one) => one.kind === kind).map((one) => one.username);
    const what = kind === "person" ? "username" : "client_id";
    return deny("invalid_grant", `${what} is one of ${known.join(", ") || "none"}`);
  }
  const asked =
    form
      .get("scope")
      ?.split(" ")
      .filter((scope) => scope !== "") ?? user.scopes;
  const held: readonly string[] = user.scopes;
  if (asked.some((scope) => !held.includes(scope))) {
    return deny("invalid_scope", `scope is any of ${user.scopes.join(" ")}`);
  }
  return { user, scopes: asked };
}

const deny = (error: string, description: string): Grant => ({ error, description });
