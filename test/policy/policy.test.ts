import { describe, expect, test } from "@jest/globals";
import { isRefusal } from "../../shared/base/refusal.ts";
import {
  cancelPolicy,
  endorsePolicy,
  evolvePolicy,
  issuePolicy,
  policyDeltas,
} from "../../shared/policy/policy.ts";
import {
  byMachine,
  byPerson,
  bySimulated,
  day,
  handle,
  insurer,
  intake,
  noon,
  policy,
  policyStream,
  simulation,
  stranger,
  terms,
} from "./sample.ts";

const adviser = byPerson(handle("c"));
const refused = (code: string) => expect.objectContaining({ refused: code });

describe("a policy", () => {
  test("is issued with its terms and its time", () => {
    const event = issuePolicy(insurer(), policyStream, terms(), byMachine());
    expect(event).toMatchObject({ type: "policy.issued", content: { ...terms(), now: noon } });
    if (isRefusal(event)) throw new Error(event.detail);
    expect(evolvePolicy(undefined, event)).toEqual({ status: "active", terms: terms() });
  });

  const bad: [string, string, Partial<ReturnType<typeof terms>>][] = [
    [
      "its limit is in another currency",
      "currency-mismatch",
      { limit: { minor: 1n, currency: "EUR" } },
    ],
    ["it ends on the day it starts", "wrong-state", { end: day("2020-01-01") }],
    ["its limit is nothing", "amount-required", { limit: { minor: 0n, currency: "USD" } }],
    ["its insured is no party", "not-a-party", { parties: [{ role: "holder", person: stranger }] }],
  ];
  test.each(bad)("is neither issued nor endorsed when %s", (_why, code, over) => {
    expect(issuePolicy(insurer(), policyStream, terms(over), adviser)).toEqual(refused(code));
    expect(endorsePolicy(insurer(), policy(), terms(over), "why", adviser)).toEqual(refused(code));
  });

  test("is not an intake's to issue", () => {
    expect(issuePolicy(intake, policyStream, terms(), adviser)).toEqual(refused("kind-has-none"));
  });

  test("is endorsed: the new terms without the reason become its terms", () => {
    const end = day("2022-01-01");
    const event = endorsePolicy(insurer(), policy(), terms({ end }), "moved away", adviser);
    expect(event).toMatchObject({
      type: "policy.endorsed",
      content: { end, reason: "moved away" },
    });
    if (isRefusal(event)) throw new Error(event.detail);
    expect(evolvePolicy(policy().state, event)).toEqual({
      status: "active",
      terms: terms({ end }),
    });
  });

  test("keeps its insured", () => {
    const other = terms({ insured: handle("b") });
    expect(endorsePolicy(insurer(), policy(), other, "why", adviser)).toEqual(
      refused("wrong-state"),
    );
  });

  test("is cancelled by a person, once; then neither endorsed nor cancelled again", () => {
    expect(cancelPolicy(insurer(), policy(), "unpaid", byMachine())).toEqual(
      refused("person-required"),
    );
    const event = cancelPolicy(insurer(), policy(), "unpaid", adviser);
    if (isRefusal(event)) throw new Error(event.detail);
    const after = evolvePolicy(policy().state, event);
    expect(after).toEqual({ status: "cancelled", terms: terms() });
    const gone = policy({}, "cancelled");
    expect(cancelPolicy(insurer(), gone, "again", adviser)).toEqual(refused("policy-not-active"));
    expect(endorsePolicy(insurer(), gone, terms(), "why", adviser)).toEqual(
      refused("policy-not-active"),
    );
  });

  test("knows simulated persons only in a simulation", () => {
    const played = bySimulated(handle("c"));
    const acts = (on: typeof simulation) => [
      issuePolicy(on, policyStream, terms(), played),
      endorsePolicy(on, policy(), terms(), "why", played),
      cancelPolicy(on, policy(), "why", played),
    ];
    for (const act of acts(insurer())) expect(act).toEqual(refused("simulation-only"));
    for (const act of acts(simulation)) expect(isRefusal(act)).toBe(false);
  });

  test("moves its accumulator with every act, so that decisions that read it lose the race", () => {
    const event = issuePolicy(insurer(), policyStream, terms(), adviser);
    if (isRefusal(event)) throw new Error(event.detail);
    expect(policyDeltas(event)).toEqual([{ subject: `policy/${policyStream}`, add: {} }]);
  });
});
