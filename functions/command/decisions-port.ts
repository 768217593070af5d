import type { DecisionsPort } from "../../shared/ports/claims.ts";
import type { CommandPorts } from "./commit.ts";
import { decide } from "./decide.ts";
import { letterFor } from "./letter.ts";

/** The decisions port over the command cores. */
export const decisionsPort = (ports: CommandPorts): DecisionsPort => ({
  decide: (caller, claim, ruling, asked, now) => decide(ports, caller, claim, ruling, asked, now),
  letter: (caller, claim, version) => letterFor(ports, caller, claim, version),
});
