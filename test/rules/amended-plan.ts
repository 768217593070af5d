import type { Pack } from "../../shared/coverage/pack.ts";
import { planSchedule } from "../../shared/coverage/packs.ts";

/** The plan's next version: claims without a contracted amount, so far a person's to decide, are paid as claimed up to 100.00. */
export const amendedPlan = (version = 2): Pack => ({
  ...planSchedule,
  version,
  retroactive: { reason: "Nobody receives less." },
  rules: planSchedule.rules.map((rule) => {
    if (rule.id !== "no-schedule") return rule;
    const { reasonCode, citation } = rule;
    const when = "!claim.hasContracted && claim.claimed <= 10000";
    const pays = { ["then" as const]: "PAY" } as const;
    return { id: "small", when, ...pays, reasonCode, citation };
  }),
  cases: [],
});
