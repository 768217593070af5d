import type { Act } from "../../shared/base/actor.ts";
import type { Instant } from "../../shared/base/instant.ts";
import type { Caller } from "../../shared/ports/claims.ts";

/** The act of a caller at `now`: a machine signs nothing. */
export const actOf = (caller: Caller, now: Instant): Act =>
  caller.kind === "machine"
    ? { kind: "machine", now }
    : {
        kind: caller.kind,
        now,
        signatory: { person: caller.person, credential: caller.credential },
      };
