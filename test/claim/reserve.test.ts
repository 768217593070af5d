import { describe, expect, test } from "@jest/globals";
import { isRefusal } from "../../shared/base/refusal.ts";
import { evolveReserved, reserveClaim, reserveOf } from "../../shared/claim/reserve.ts";
import type { ClaimState } from "../../shared/claim/state.ts";
import { evolveSubmitted, submitClaim } from "../../shared/claim/submit.ts";
import { Desk, maker } from "../payout/sample.ts";
import {
  byMachine,
  byPerson,
  bySimulated,
  claimStream,
  handle,
  insured,
  insurer,
  policy,
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

  test("is nothing once the claim is closed or withdrawn, and can't be set there", () => {
    for (const status of ["closed", "withdrawn"] as const) {
      const on = world({ ...submitted(), status });
      expect(reserveOf(on.claim.state)).toBe(0n);
      expect(reserveClaim(on, usd(1n), "why", maker)).toEqual(refused("wrong-state"));
    }
  });
});
