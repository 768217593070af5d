import { describe, expect, test } from "@jest/globals";
import { newAccumulator } from "../../shared/base/accumulator.ts";
import { isRefusal } from "../../shared/base/refusal.ts";
import {
  evolveStep,
  type StepName,
  stepClaim,
  stepDeltas,
  stepOf,
  steps,
} from "../../shared/claim/lifecycle.ts";
import { type ClaimState, type ClaimStatus, claimStatuses } from "../../shared/claim/state.ts";
import {
  byMachine,
  byPerson,
  bySimulated,
  claimStream,
  insurer,
  seen,
  simulation,
  stranger,
} from "../policy/sample.ts";
import { decidedOnce, submitted } from "./sample.ts";

const refused = (code: string) => expect.objectContaining({ refused: code });
const person = byPerson(stranger);

/** Where each step leads from each status; what is not here is refused. "paused" returns to where the claim stood. */
const table: Record<StepName, Partial<Record<ClaimStatus, ClaimStatus | "paused">>> = {
  acknowledge: { submitted: "submitted", referred: "referred" },
  "request-information": {
    submitted: "information-requested",
    referred: "information-requested",
    appealed: "information-requested",
    reopened: "information-requested",
  },
  "answer-information": { "information-requested": "paused" },
  withdraw: {
    submitted: "withdrawn",
    "information-requested": "withdrawn",
    referred: "withdrawn",
    appealed: "withdrawn",
    reopened: "withdrawn",
  },
  appeal: { decided: "appealed", closed: "appealed" },
  reopen: { decided: "reopened", closed: "reopened" },
  close: { decided: "closed", withdrawn: "closed" },
};
const names = Object.keys(steps) as StepName[];
const cells = names.flatMap((name) => claimStatuses.map((status) => [name, status] as const));

/** A claim that stands so, decided once where that could be. */
const at = (
  status: ClaimStatus,
  paused: ClaimStatus | null = null,
  decision: ClaimState["decision"] = decidedOnce,
) => seen(claimStream, { ...submitted(), status, paused, decision });

const step = (
  on: typeof simulation,
  claim: ReturnType<typeof at>,
  name: StepName,
  text: string | undefined,
  act: typeof person,
  committed = 0n,
) => {
  const claimAccumulator = { ...newAccumulator(`claim/${claimStream}`), values: { committed } };
  return stepClaim({ insurer: on, claim, claimAccumulator }, name, text, act);
};

describe("the lifecycle of a claim", () => {
  test("an appeal is of a decision: not of a claim that was withdrawn and closed without one", () => {
    const closed = at("closed", null, null);
    expect(step(insurer(), closed, "appeal", "why", person)).toEqual(refused("wrong-state"));
  });

  test("an appeal that comes years after its last day is recorded with its time, of a closed claim too", () => {
    const late = { ...person, now: person.now + 3_650n * 86_400_000_000n };
    for (const status of ["decided", "closed"] as const) {
      const event = step(insurer(), at(status), "appeal", "I was ill", late);
      if (isRefusal(event)) throw new Error(event.detail);
      expect(event.content).toMatchObject({ now: late.now, text: "I was ill" });
      expect(evolveStep(at(status).state, event).status).toBe("appealed");
    }
  });

  test.each(cells)("%s of a claim that is %s", (name, status) => {
    const to = table[name][status];
    const before = at(status, status === "information-requested" ? "appealed" : null);
    const event = step(insurer(), before, name, "because", person);
    if (to === undefined) {
      expect(event).toEqual(refused("wrong-state"));
      return;
    }
    if (isRefusal(event)) throw new Error(event.detail);
    expect(stepOf(event)).toEqual({ name, text: "because" });
    const after = evolveStep(before.state, event);
    expect(after.status).toBe(to === "paused" ? "appealed" : to);
    expect(after.paused).toBe(name === "request-information" ? status : null);
  });

  test("leaves only acknowledging and closing to a machine", () => {
    for (const name of names) {
      const [from] = Object.keys(table[name]) as ClaimStatus[];
      const event = step(insurer(), at(from ?? "submitted"), name, "because", byMachine());
      if (name === "acknowledge" || name === "close") expect(isRefusal(event)).toBe(false);
      else expect(event).toEqual(refused("person-required"));
    }
  });

  test("asks why where a person ought to say", () => {
    const reason = (name: StepName, text: string | undefined) => {
      const [from] = Object.keys(table[name]) as ClaimStatus[];
      return step(insurer(), at(from ?? "submitted"), name, text, person);
    };
    for (const name of ["appeal", "reopen", "request-information", "answer-information"] as const) {
      expect(reason(name, undefined)).toEqual(refused("reason-required"));
      expect(reason(name, "")).toEqual(refused("reason-required"));
    }
    expect(isRefusal(reason("withdraw", undefined))).toBe(false);
  });

  test("knows simulated persons only in a simulation", () => {
    const claim = at("decided");
    const played = bySimulated(stranger);
    expect(step(insurer(), claim, "appeal", "why", played)).toEqual(refused("simulation-only"));
    expect(isRefusal(step(simulation, claim, "appeal", "why", played))).toBe(false);
  });

  test("moves the claim's accumulator with every step, so that payouts under way see it", () => {
    const event = step(insurer(), at("decided"), "appeal", "why", person);
    if (isRefusal(event)) throw new Error(event.detail);
    expect(stepDeltas(event)).toEqual([{ subject: `claim/${claimStream}`, add: {} }]);
  });

  test("acknowledges once, beside the status", () => {
    const event = step(insurer(), at("submitted"), "acknowledge", undefined, byMachine());
    if (isRefusal(event)) throw new Error(event.detail);
    const after = evolveStep(at("submitted").state, event);
    expect(after).toMatchObject({ status: "submitted", acknowledgedAt: byMachine().now });
    const again = step(insurer(), seen(claimStream, after), "acknowledge", undefined, byMachine());
    expect(again).toEqual(refused("duplicate"));
  });

  test("neither closes nor withdraws while a payout is under way", () => {
    expect(step(insurer(), at("decided"), "close", undefined, person, 1n)).toEqual(
      refused("wrong-state"),
    );
    expect(step(insurer(), at("reopened"), "withdraw", undefined, person, 1n)).toEqual(
      refused("wrong-state"),
    );
  });
});
