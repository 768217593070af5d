import { describe, expect, test } from "@jest/globals";
import { isRefusal } from "../../shared/base/refusal.ts";
import { evolveStep, stepClaim } from "../../shared/claim/lifecycle.ts";
import { evolveReserved, reserveClaim, reserveOf } from "../../shared/claim/reserve.ts";
import type { ClaimState } from "../../shared/claim/state.ts";
import { evolveSubmitted, submitClaim } from "../../shared/claim/submit.ts";
import { approvePayout, screenPayout } from "../../shared/payout/advance.ts";
import { uncovered } from "../payout/covered.ts";
import { clear, Desk, maker, release, releaser, reportOn } from "../payout/sample.ts";
import {
  byMachine,
  byPerson,
  bySimulated,
  claimStream,
  handle,
  insured,
  insurer,
  policy,
  seen,
  usd,
} from "../policy/sample.ts";
import { submission, submitted, world } from "./sample.ts";

const refused = (code: string) => expect.objectContaining({ refused: code });

describe("a claim's reserve", () => {
  test("is from the notice on what is claimed, or the policy's limit if that is less", () => {
    const first = (limit: bigint | null) => {
      const terms = policy({ limit: limit === null ? null : usd(limit) });
      const by = { person: insured, channel: "claimant" } as const;
      const event = submitClaim(insurer(), terms, claimStream, submission(), by, byPerson(insured));
      if (isRefusal(event)) throw new Error(event.detail);
      return reserveOf(evolveSubmitted(event));
    };
    expect([null, 50_001n, 50_000n, 49_999n].map(first)).toEqual([
      ...[50_000n, 50_000n, 50_000n],
      49_999n,
    ]);
  });

  test("is set by a person, with a reason, in the claim's currency", () => {
    const on = world(submitted());
    const event = reserveClaim(on, usd(70_000n), "surgery to come", maker);
    if (isRefusal(event)) throw new Error(event.detail);
    expect(reserveOf(evolveReserved(on.claim.state, event))).toBe(70_000n);
    expect(reserveClaim(on, usd(1n), "why", byMachine())).toEqual(refused("person-required"));
    expect(reserveClaim(on, usd(1n), "why", bySimulated(handle("c")))).toEqual(
      refused("simulation-only"),
    );
    expect(reserveClaim(on, usd(1n), "", maker)).toEqual(refused("reason-required"));
    const euros = { minor: 1n, currency: "EUR" } as const;
    expect(reserveClaim(on, euros, "why", maker)).toEqual(refused("currency-mismatch"));
  });

  test("never falls below what is paid or on its way", () => {
    const values = { committed: 20_000n, paid: 30_000n, returned: 10_000n };
    const on = world(submitted(), { claim: values });
    expect(reserveClaim(on, usd(39_999n), "why", maker)).toEqual(refused("reserve-exceeded"));
    expect(isRefusal(reserveClaim(on, usd(40_000n), "why", maker))).toBe(false);
  });

  test("bounds what is proposed for payment", () => {
    const desk = new Desk(50_000n);
    const low: ClaimState = { ...desk.claim.state, reserve: usd(30_000n) };
    desk.claim = { ...desk.claim, state: low };
    expect(desk.propose(undefined, maker)).toEqual(refused("reserve-exceeded"));
    expect(isRefusal(desk.propose(30_000n, maker))).toBe(false);
    expect(desk.propose(1n, maker, handle("c"))).toEqual(refused("reserve-exceeded"));
  });

  test("covers what is paid and on its way until the claim is over, which it is with nothing on its way", () => {
    const desk = new Desk(30_000n);
    const close = () =>
      stepClaim(
        { insurer: desk.on, claim: desk.claim, claimAccumulator: desk.row },
        "close",
        undefined,
        maker,
      );
    const steps = [
      () => desk.propose(17_127n, byMachine()),
      () => desk.act((on) => screenPayout(on, clear, byMachine())),
      () => desk.act((on) => approvePayout(on, byMachine())),
      () => desk.act((on) => release(on, releaser)),
      () => desk.act(reportOn("settled")),
    ];
    for (const step of steps) {
      expect(isRefusal(step())).toBe(false);
      expect(uncovered(desk.claim.state, desk.row)).toBeUndefined();
      if (step !== steps.at(-1)) expect(close()).toEqual(refused("wrong-state"));
    }
    const closed = close();
    if (isRefusal(closed)) throw new Error(closed.detail);
    const { stream, state, version } = desk.claim;
    desk.claim = seen(stream, evolveStep(state, closed), version + 1n);
    expect([reserveOf(desk.claim.state), desk.value("paid")]).toEqual([0n, 17_127n]);
    expect(uncovered(desk.claim.state, desk.row)).toBeUndefined();
    const expense = { head: "expense", payee: { name: "Vendor", account: "V" } } as const;
    for (const asked of [{}, expense]) {
      expect(desk.propose(1n, maker, handle("c"), undefined, asked)).toEqual(
        refused("wrong-state"),
      );
    }
    // What the interleavings go by says so where it doesn't hold.
    const spent = { ...desk.row, values: { ...desk.row.values, "expense/committed": 1n } };
    expect(uncovered(desk.claim.state, spent)).toBe("1 under way of a claim that is closed");
    expect(uncovered({ ...state, reserve: usd(17_127n) }, spent)).toBe(
      "a reserve of 17127, 17128 paid or open",
    );
  });

  test("is nothing once the claim is closed or withdrawn, and can't be set there", () => {
    for (const status of ["closed", "withdrawn"] as const) {
      const on = world({ ...submitted(), status });
      expect(reserveOf(on.claim.state)).toBe(0n);
      expect(reserveClaim(on, usd(1n), "why", maker)).toEqual(refused("wrong-state"));
    }
  });
});
