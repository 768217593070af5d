import { describe, expect, test } from "@jest/globals";
import { accumulate, newAccumulator } from "../../shared/base/accumulator.ts";
import type { DomainEvent } from "../../shared/base/event.ts";
import { encodeContent } from "../../shared/base/event.ts";
import { isRefusal, type Refusal } from "../../shared/base/refusal.ts";
import {
  type Decided,
  decidedDeltas,
  decidedForm,
  evolveDecided,
} from "../../shared/claim/decided.ts";
import { ruleOnClaim } from "../../shared/claim/rule.ts";
import type { ClaimState } from "../../shared/claim/state.ts";
import { type ClaimWorld, remainingUnder } from "../../shared/claim/world.ts";
import { approvedUnder, endorsePolicy, evolvePolicy } from "../../shared/policy/policy.ts";
import { byPerson, handle, insurer, policy, policyStream, terms, usd } from "../policy/sample.ts";
import { line, ruling, submitted, world } from "./sample.ts";

const adjuster = byPerson(handle("e"));
const medical = approvedUnder("medical");

const referred = (over = {}): ClaimState => ({ ...submitted(over), status: "referred" });

/** The claim after a decision in `on`. */
function standingAfter(on: ClaimWorld, result: DomainEvent | Refusal, act = adjuster): ClaimState {
  if (isRefusal(result)) throw new Error(`${result.refused}: ${result.detail}`);
  return evolveDecided(on.claim.state, result, on.claim.version + 1n, act.kind);
}

describe("the limit's arithmetic", () => {
  /** Decides one claim after another by hand and adds up, as the store and the auditor do. */
  function ledger(limit: bigint) {
    let rows = newAccumulator(`policy/${policyStream}`);
    let claimRow = newAccumulator(`claim/${handle("3")}`);
    let on = { ...policy({ limit: usd(limit) }) };
    let state = referred({ lines: [line(10_000n)] });
    return {
      award: (amount: bigint): boolean => {
        const where = world({ ...state, status: "reopened" });
        const cover = where.cover && { ...where.cover, policy: on, accumulator: rows };
        const seenWorld = { ...where, claimAccumulator: claimRow, ...(cover ? { cover } : {}) };
        const event = ruleOnClaim(
          seenWorld,
          amount === 10_000n ? ruling() : ruling({ outcome: "PAY_PART", amount: usd(amount) }),
          adjuster,
        );
        if (isRefusal(event)) return false;
        // What is sealed must be readable again, readings included.
        decidedForm.schema.parse(encodeContent(decidedForm, event.content as Decided));
        for (const delta of decidedDeltas(seenWorld.claim.state, event)) {
          if (delta.subject === rows.subject) rows = accumulate(rows, delta);
          else claimRow = accumulate(claimRow, delta);
        }
        state = standingAfter(seenWorld, event);
        return true;
      },
      endorse: (coverage: string): void => {
        const next = terms({ coverage, limit: usd(limit) });
        const event = endorsePolicy(insurer(), on, next, "moved", adjuster);
        if (isRefusal(event)) throw new Error(event.detail);
        on = { ...on, state: evolvePolicy(on.state, event) };
      },
      values: () => rows.values,
      approved: () => claimRow.values.approved,
    };
  }

  test("counts a claim decided again once, by its difference", () => {
    const books = ledger(8_000n);
    expect(books.award(7_000n)).toBe(true);
    expect(books.award(10_000n)).toBe(false);
    expect(books.award(8_000n)).toBe(true);
    expect(books.values()).toEqual({ [medical]: 8_000n });
    expect(books.award(3_000n)).toBe(true);
    expect(books.values()).toEqual({ [medical]: 3_000n });
    expect(books.approved()).toBe(3_000n);
  });

  test("moves an award with its policy to another coverage", () => {
    const books = ledger(8_000n);
    expect(books.award(7_000n)).toBe(true);
    books.endorse("dental");
    expect(books.award(8_001n)).toBe(false);
    expect(books.award(5_000n)).toBe(true);
    expect(books.values()).toEqual({ [medical]: 0n, [approvedUnder("dental")]: 5_000n });
    expect(books.award(8_000n)).toBe(true);
    expect(books.values()).toEqual({ [medical]: 0n, [approvedUnder("dental")]: 8_000n });
  });

  test("gives back to this claim what it holds, and never less than nothing", () => {
    const standing = { ...referred(), status: "reopened" as const };
    const holding = standingAfter(
      world(standing),
      ruleOnClaim(world(standing), ruling(), adjuster),
    );
    const left = (approved: bigint, limit: bigint | null = 100_000n) =>
      remainingUnder(
        world(holding, {
          terms: { limit: limit === null ? null : usd(limit) },
          approved: { [medical]: approved },
        }),
      );
    expect(left(60_000n)).toBe(90_000n);
    expect(left(200_000n)).toBe(0n);
    expect(left(60_000n, null)).toBeUndefined();
  });
});
