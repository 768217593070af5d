import { describe, expect, test } from "@jest/globals";
import { isRefusal } from "../../shared/base/refusal.ts";
import { clockOf } from "../../shared/claim/clock.ts";
import { evolveStep, type StepName, stepClaim } from "../../shared/claim/lifecycle.ts";
import type { ClaimState } from "../../shared/claim/state.ts";
import { byPerson, insured, noon } from "../policy/sample.ts";
import { decidedOnce, submitted, world } from "./sample.ts";

const day = 86_400_000_000n;
const tenDays = { days: 10n, from: "notice" } as const;

/** The claim after steps on days after its notice. */
function stepped(...steps: [StepName, bigint][]): ClaimState {
  let state: ClaimState = { ...submitted(), status: "referred" };
  for (const [name, days] of steps) {
    const act = { ...byPerson(insured), now: noon + days * day };
    const event = stepClaim(world(state), name, "why", act);
    if (isRefusal(event)) throw new Error(event.detail);
    state = evolveStep(state, event);
  }
  return state;
}

describe("the decide-by clock", () => {
  test("runs from the notice, and is overdue only past its last moment", () => {
    const state = stepped();
    const decideBy = noon + 10n * day;
    expect(clockOf(state, decideBy, tenDays)).toEqual({ decideBy, paused: false, overdue: false });
    expect(clockOf(state, decideBy + 1n, tenDays)).toMatchObject({ overdue: true });
  });

  test("runs from the acknowledgement where the rule says so, and not before it", () => {
    const rule = { days: 10n, from: "acknowledgement" } as const;
    expect(clockOf(stepped(), noon, rule)).toBeUndefined();
    const state = stepped(["acknowledge", 3n]);
    expect(clockOf(state, noon, rule)?.decideBy).toBe(noon + 13n * day);
    expect(clockOf(state, noon, tenDays)?.decideBy).toBe(noon + 10n * day);
  });

  test("stands while information is requested, each time, and goes on after", () => {
    const asked = stepped(["request-information", 4n]);
    const late = noon + 60n * day;
    expect(clockOf(asked, late, tenDays)).toEqual({
      decideBy: noon + 66n * day,
      paused: true,
      overdue: false,
    });
    const answered = stepped(
      ["request-information", 4n],
      ["answer-information", 6n],
      ["request-information", 7n],
      ["answer-information", 8n],
    );
    expect(clockOf(answered, late, tenDays)).toEqual({
      decideBy: noon + 13n * day,
      paused: false,
      overdue: true,
    });
  });

  test("starts anew with an appeal or a reopening, and runs on no claim that waits for nothing", () => {
    const decided: ClaimState = { ...stepped(), status: "decided", decision: decidedOnce };
    for (const name of ["appeal", "reopen"] as const) {
      const act = { ...byPerson(insured), now: noon + 40n * day };
      const event = stepClaim(world(decided), name, "why", act);
      if (isRefusal(event)) throw new Error(event.detail);
      const state = evolveStep(decided, event);
      expect(clockOf(state, noon, tenDays)?.decideBy).toBe(noon + 50n * day);
    }
    for (const status of ["decided", "withdrawn", "closed"] as const) {
      expect(clockOf({ ...decided, status }, noon, tenDays)).toBeUndefined();
    }
  });
});
