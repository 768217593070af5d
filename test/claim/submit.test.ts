import { describe, expect, test } from "@jest/globals";
import type { Money } from "../../shared/base/codec.ts";
import { maxMinor } from "../../shared/base/money.ts";
import { isRefusal } from "../../shared/base/refusal.ts";
import { claimStateSchema } from "../../shared/claim/state.ts";
import type { Submission } from "../../shared/claim/submission.ts";
import { evolveSubmitted, type Submitter, submitClaim } from "../../shared/claim/submit.ts";
import {
  byMachine,
  byPerson,
  bySimulated,
  claimStream,
  day,
  handle,
  insured,
  insurer,
  policy,
  simulation,
  stranger,
  usd,
} from "../policy/sample.ts";
import { line, submission } from "./sample.ts";

const refused = (code: string) => expect.objectContaining({ refused: code });
const holder = handle("b");
const staff = handle("e");
const claimant = (person: string): Submitter => ({ person, channel: "claimant" });
const intake: Submitter = { person: staff, channel: "intake" };

const submit = (stated: Submission, by: Submitter, on = insurer(), act = byPerson(by.person)) =>
  submitClaim(on, stated.policy ? policy() : undefined, claimStream, stated, by, act);

function stateAfter(stated: Submission, by: Submitter) {
  const event = submit(stated, by);
  if (isRefusal(event)) throw new Error(event.detail);
  return evolveSubmitted(event);
}

describe("a claim", () => {
  test("is submitted by any party; whose data it is, is the insured person's", () => {
    expect(stateAfter(submission(), claimant(holder))).toMatchObject({
      status: "submitted",
      claimant: holder,
      insured,
      claimed: usd(50_000n),
      contracted: null,
      decision: null,
      deciders: [],
    });
  });

  test("without a policy is its submitter's own, or of the person the intake names", () => {
    const { policy: _none, ...stated } = submission();
    expect(stateAfter(stated, claimant(stranger))).toMatchObject({ insured: stranger });
    expect(stateAfter({ ...stated, onBehalfOf: insured }, intake)).toMatchObject({
      insured,
      claimant: staff,
    });
  });

  test("states a day that has come, wherever its submitter is", () => {
    for (const field of ["lossDate", "diagnosisDate"] as const) {
      const on = (text: string) => submit(submission({ [field]: day(text) }), claimant(holder));
      expect(isRefusal(on("2026-03-05"))).toBe(false);
      expect(on("2026-03-06")).toMatchObject({ refused: "day-ahead", field });
    }
  });

  test("by someone who is no party, or on a policy that doesn't exist, is refused alike", () => {
    const by = claimant(insured);
    const unknown = submitClaim(insurer(), undefined, claimStream, submission(), by, byMachine());
    expect(unknown).toEqual(refused("no-policy"));
    expect(submit(submission(), claimant(stranger))).toEqual(unknown);
    expect(submit(submission(), intake)).toEqual(unknown);
    expect(submit(submission({ onBehalfOf: stranger }), intake)).toEqual(unknown);
  });

  test("for someone else, or with contracted amounts, is the intake's alone", () => {
    const other = submission({ onBehalfOf: insured });
    const scheduled = submission({ lines: [line(100n, 80n)] });
    expect(submit(other, claimant(holder))).toEqual(refused("not-permitted"));
    expect(submit(scheduled, claimant(insured))).toEqual(refused("not-permitted"));
    expect(isRefusal(submit({ ...scheduled, onBehalfOf: insured }, intake))).toBe(false);
  });

  test("by a simulated person is refused outside a simulation", () => {
    const act = bySimulated(insured);
    expect(submit(submission(), claimant(insured), insurer(), act)).toEqual(
      refused("simulation-only"),
    );
    expect(isRefusal(submit(submission(), claimant(insured), simulation, act))).toBe(false);
  });

  test("sums its lines in one currency, the insurer's, below 18 digits", () => {
    const euro = (minor: bigint) => ({
      service: "x",
      claimed: { minor, currency: "EUR" as const },
    });
    const lines = (...some: Submission["lines"]) => submission({ lines: some });
    expect(stateAfter(lines(line(1n), line(2n)), claimant(insured)).claimed).toEqual(usd(3n));
    for (const mixed of [lines(line(1n), euro(1n)), lines(euro(1n))]) {
      expect(submit(mixed, claimant(insured))).toEqual(refused("currency-mismatch"));
    }
    const most = lines(line(maxMinor), line(1n));
    expect(submit(most, claimant(insured))).toEqual(refused("limit-exceeded"));
  });

  test("states what another insurer paid, in its own currency, with where that stands", () => {
    const from = (paid: Money) =>
      submission({ otherPayer: { payer: "the other insurer", paid, source: "statement 7" } });
    const state = stateAfter(from(usd(20_000n)), claimant(insured));
    expect(state.submission.otherPayer?.paid).toEqual(usd(20_000n));
    expect(claimStateSchema().decode(claimStateSchema().encode(state))).toEqual(state);
    const euro = from({ minor: 1n, currency: "EUR" });
    expect(submit(euro, claimant(insured))).toEqual(refused("currency-mismatch"));
  });

  test("has a contracted sum only where every line has one, and one that its row can hold", () => {
    const of = (...lines: Submission["lines"]) => submission({ lines, onBehalfOf: insured });
    expect(stateAfter(of(line(9n, 5n), line(9n, 4n)), intake).contracted).toEqual(usd(9n));
    expect(stateAfter(of(line(9n, 5n), line(9n)), intake).contracted).toBeNull();
    expect(submit(of(line(1n, maxMinor), line(1n, 1n)), intake)).toEqual(refused("limit-exceeded"));
    const state = stateAfter(of(line(9n, maxMinor)), intake);
    expect(claimStateSchema().decode(claimStateSchema().encode(state))).toEqual(state);
  });
});
