import { describe, expect, test } from "@jest/globals";
import { isRefusal } from "../../shared/base/refusal.ts";
import {
  type Breached,
  breachDueOf,
  evolveBreached,
  recordBreach,
} from "../../shared/claim/breach.ts";
import { evolveStep, type StepName, stepClaim } from "../../shared/claim/lifecycle.ts";
import type { ClaimState, ClockName } from "../../shared/claim/state.ts";
import { orderedOf } from "../../shared/payout/ordered.ts";
import type { PayoutState } from "../../shared/payout/state.ts";
import {
  byMachine,
  byPerson,
  claimStream,
  handle,
  insured,
  insurer,
  noon,
  seen,
  usd,
} from "../policy/sample.ts";
import { decidedOnce, submitted, world } from "./sample.ts";

const day = 86_400_000_000n;
const rule = {
  jurisdiction: "US-CA",
  acknowledgeDays: 10n,
  decideDays: 30n,
  decideFrom: "notice",
  payDays: 5n,
} as const;
const clocks = { home: "US-CA", clocks: [rule], version: 7n };
const ruled = insurer({ clocks });
const none = (_: bigint) => 0n;

function steppedFrom(start: ClaimState, ...steps: [StepName, bigint][]): ClaimState {
  return steps.reduce((state, [name, days]) => {
    const act = byPerson(insured, noon + days * day);
    const event = stepClaim(world(state), name, "why", act);
    if (isRefusal(event)) throw new Error(event.detail);
    return evolveStep(state, event);
  }, start);
}
const referred = (...steps: [StepName, bigint][]) =>
  steppedFrom({ ...submitted(), status: "referred" }, ...steps);
const awarded: ClaimState = {
  ...submitted(),
  status: "decided",
  decision: { ...decidedOnce, outcome: "PAY", award: usd(30_000n) },
};

/** What recording gives `days` after the notice: the breach's deadline in days after it, or why not. */
function recorded(state: ClaimState, clock: ClockName, days: bigint, ordered = none) {
  const clocked = { insurer: ruled, claim: seen(claimStream, state), jurisdiction: undefined };
  const event = recordBreach(clocked, clock, ordered, byMachine(noon + days * day + 1n));
  if (isRefusal(event)) return event.refused;
  const breach = event.content as Breached;
  expect(breach).toMatchObject({ clock, clocksVersion: 7n, jurisdiction: "US-CA" });
  expect(event.content).not.toHaveProperty("by");
  return (breach.due - noon) / day;
}

describe("a breach of the clock to acknowledge", () => {
  test("is recorded past its last moment, not at it", () => {
    expect(recorded(referred(), "acknowledge", 9n)).toBe("not-due");
    expect(recorded(referred(), "acknowledge", 10n)).toBe(10n);
    const clocked = { insurer: ruled, claim: seen(claimStream, referred()), jurisdiction: "FR" };
    const last = recordBreach(clocked, "acknowledge", none, byMachine(noon + 10n * day));
    expect(last).toMatchObject({ refused: "not-due" });
  });

  test("is none of a claim that was acknowledged, decided or withdrawn", () => {
    for (const state of [referred(["acknowledge", 3n]), awarded, referred(["withdraw", 3n])]) {
      expect(recorded(state, "acknowledge", 20n)).toBe("wrong-state");
    }
  });
});

describe("a breach of the clock to decide", () => {
  test("is none while information is awaited, and later by as long afterwards", () => {
    expect(recorded(referred(["request-information", 4n]), "decide", 90n)).toBe("wrong-state");
    const answered = referred(["request-information", 4n], ["answer-information", 9n]);
    expect(recorded(answered, "decide", 34n)).toBe("not-due");
    expect(recorded(answered, "decide", 35n)).toBe(35n);
  });

  test("stays one where information was asked for only after it", () => {
    expect(recorded(referred(["request-information", 31n]), "decide", 40n)).toBe(30n);
  });

  test("is recorded once for each run: again after an appeal", () => {
    const state = referred();
    const clocked = { insurer: ruled, claim: seen(claimStream, state), jurisdiction: undefined };
    const event = recordBreach(clocked, "decide", none, byMachine(noon + 31n * day));
    if (isRefusal(event)) throw new Error(event.detail);
    const known = evolveBreached(state, event);
    expect(recorded(known, "decide", 32n)).toBe("wrong-state");
    expect(breachDueOf(known, ruled.state, undefined, none)).toBe(noon + 10n * day);
    const decided: ClaimState = { ...known, status: "decided", decision: decidedOnce };
    const appealed = steppedFrom(decided, ["appeal", 40n]);
    expect(recorded(appealed, "decide", 69n)).toBe("not-due");
    expect(recorded(appealed, "decide", 70n)).toBe(70n);
  });
});

describe("a breach of the clock to pay", () => {
  const payout = (over: Partial<PayoutState> = {}) =>
    ({
      head: "indemnity",
      releasedAt: null,
      instalment: null,
      status: "approved",
      replaces: null,
      amount: usd(30_000n),
      ...over,
    }) as PayoutState;
  const paidBy = (...payouts: PayoutState[]) =>
    recorded(awarded, "pay", 6n, orderedOf(payouts.map((one, at) => seen(handle(`${at}`), one))));

  test("is one of an award of which a bank was not ordered to pay all", () => {
    const sent = { releasedAt: noon, status: "released" } as const;
    expect(paidBy()).toBe(5n);
    expect(paidBy(payout())).toBe(5n);
    expect(paidBy(payout(sent))).toBe("wrong-state");
    expect(paidBy(payout({ ...sent, amount: usd(29_999n) }))).toBe(5n);
    expect(paidBy(payout({ ...sent, head: "interest" }))).toBe(5n);
  });

  test("counts what was sent twice once, and not yet what is due later by schedule", () => {
    const half = { amount: usd(15_000n), releasedAt: noon, status: "rejected" } as const;
    expect(paidBy(payout(half), payout({ ...half, replaces: handle("0") }))).toBe(5n);
    expect(paidBy(payout(half), payout({ ...half, replaces: handle("9") }))).toBe("wrong-state");
    const later = { number: 2n, of: 2n, due: noon / day + 200n };
    const [first, rest] = [payout(half), payout({ instalment: later, amount: usd(15_000n) })];
    expect(paidBy(first, rest)).toBe("wrong-state");
    expect(paidBy(first, { ...rest, instalment: { ...later, due: noon / day + 1n } })).toBe(5n);
    expect(paidBy(first, { ...rest, status: "voided" })).toBe(5n);
  });

  test("is none of a claim that is closed", () => {
    expect(recorded({ ...awarded, status: "closed" }, "pay", 9n)).toBe("wrong-state");
  });
});

test("a person records none, nor anybody before clocks are published", () => {
  const claim = seen(claimStream, referred());
  const by = (act = byMachine(noon + 50n * day), of = ruled) =>
    recordBreach({ insurer: of, claim, jurisdiction: undefined }, "decide", none, act);
  expect(by(byPerson(insured, noon + 50n * day))).toMatchObject({ refused: "not-permitted" });
  expect(by(undefined, insurer())).toMatchObject({ refused: "wrong-state" });
  expect(isRefusal(by())).toBe(false);
});
