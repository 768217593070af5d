import { type Role, scopesOfRole } from "../../shared/api/role.ts";
import type { Route } from "../../shared/api/route.ts";
import { assert } from "../../shared/base/malformed.ts";
import { isRefusal, type Refusal, refuse } from "../../shared/base/refusal.ts";
import type { Caller, Principals } from "../../shared/ports/claims.ts";
import type { TokenClaims } from "./event.ts";
import { HttpProblem } from "./http-problem.ts";

/**
 * Who the token's subject is to `insurer`, or, where the request names none, to each insurer that has a row for them.
 * 403 unless one of the rows holds one of the route's roles, and the token a scope of the route that this role has: what no row allows is denied, and an
 * app that may read one's own opens nothing of whoever may read all.
 */
export async function findCallers(
  principals: Principals,
  { issuer, sub, scopes: held, credential }: TokenClaims,
  insurer: string | undefined,
  { roles, scopes }: Pick<Route, "roles" | "scopes">,
): Promise<readonly Caller[]> {
  const opens = (role: Role): boolean =>
    scopes.some((scope) => held.includes(scope) && scopesOfRole[role].includes(scope));
  const insurers = insurer === undefined ? await principals.insurersOf(issuer, sub) : [insurer];
  const found = await Promise.all(insurers.map((one) => principals.find(issuer, sub, one)));
  const callers = found
    .filter((principal) => principal !== undefined)
    .filter(({ role }) => roles.includes(role) && opens(role));
  if (callers.length > 0) return callers.map((principal) => ({ ...principal, credential }));
  throw new HttpProblem({ code: "not-permitted", detail: "The caller has no such role here." });
}

/** Who asks, where path or body name the insurer: the stack found exactly one, of the `insurer` a body names. */
export function callerOf(callers: readonly Caller[], insurer = callers[0]?.insurer): Caller {
  const [caller] = callers;
  assert(caller?.insurer === insurer && caller !== undefined, "the stack found who asks");
  return caller;
}

/** The first answer of `ask` that is not "not-found", over the insurers where the caller has a row. */
export async function firstFound<T extends object>(
  callers: readonly Caller[],
  ask: (caller: Caller) => Promise<T | Refusal>,
): Promise<T | Refusal> {
  for (const caller of callers) {
    const answer = await ask(caller);
    if (!isRefusal(answer) || answer.refused !== "not-found") return answer;
  }
  return refuse("not-found", "There is no such thing, or the caller may not know of it.");
}
