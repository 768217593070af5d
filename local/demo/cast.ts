import { newHandle } from "../../functions/command/handle.ts";
import type { Handle } from "../../shared/base/handle.ts";
import type { Caller } from "../../shared/ports/claims.ts";

/** The simulated persons and machines of one insurer. */
export interface Cast {
  readonly intake: Caller;
  readonly adjuster: Caller;
  readonly releaser: Caller;
}

/** Handles for the portfolio's persons and every insurer's staff, made once a run. */
export function castOf(random: (bytes: number) => Uint8Array): {
  staff(insurer: string): Cast;
  person(key: string): Handle;
} {
  const persons = new Map<string, Handle>();
  const casts = new Map<string, Cast>();
  const person = (key: string): Handle => {
    const handle = persons.get(key) ?? newHandle(random);
    persons.set(key, handle);
    return handle;
  };
  const member = (insurer: string, role: Caller["role"], kind: Caller["kind"]): Caller => ({
    insurer,
    role,
    person: newHandle(random),
    kind,
    // Nobody is authenticated: what they do over HTTP they do with a token.
    credential: { kind: "none", issuer: "demo", method: null, handle: newHandle(random) },
  });
  return {
    person,
    staff: (insurer) => {
      const cast = casts.get(insurer) ?? {
        intake: member(insurer, "intake", "machine"),
        adjuster: member(insurer, "adjuster", "simulated"),
        releaser: member(insurer, "releaser", "simulated"),
      };
      casts.set(insurer, cast);
      return cast;
    },
  };
}
