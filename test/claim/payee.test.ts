import { describe, expect, test } from "@jest/globals";
import { isRefusal } from "../../shared/base/refusal.ts";
import { changePayee, evolvePayeeChanged, type PayeeChanged } from "../../shared/claim/payee.ts";
import type { ClaimState } from "../../shared/claim/state.ts";
import {
  byMachine,
  byPerson,
  bySimulated,
  handle,
  insurer,
  noon,
  paying,
} from "../policy/sample.ts";
import { submitted, world } from "./sample.ts";

const refused = (code: string) => expect.objectContaining({ refused: code });
const other = { name: "Another Payee", account: "DE00OTHER", bic: "DEUTDEFF" };
const staff = byPerson(handle("7"));
const change = (
  over: { state?: Partial<ClaimState>; insurer?: ReturnType<typeof insurer> } = {},
  payee = other,
  act = staff,
  reason = "moved",
) =>
  changePayee(
    world({ ...submitted(), ...over.state }, { insurer: over.insurer ?? paying() }),
    payee,
    reason,
    act,
  );

describe("a claim's payee", () => {
  test("is changed by a person who says why; the new one cools off for the hours published", () => {
    const event = change();
    if (isRefusal(event)) throw new Error(event.detail);
    const coolsUntil = noon + 48n * 3_600_000_000n;
    expect(event.content).toMatchObject({ payee: other, coolsUntil, paymentsVersion: 3n });
    const after = evolvePayeeChanged(submitted(), event);
    expect(after.payee).toEqual(other);
    expect(after.payeeChange).toEqual({ by: handle("7"), coolsUntil });
    expect(after.submission).toEqual(submitted().submission);
  });

  test("is another: of another name, account or bank", () => {
    const state = { payee: other };
    expect(change({ state }, { ...other })).toEqual(refused("duplicate"));
    for (const over of [{ name: "X" }, { account: "DE00THIRD" }, { bic: "DEUTDEBB" }]) {
      expect(isRefusal(change({ state }, { ...other, ...over }))).toBe(false);
    }
    expect(isRefusal(change({ state: { payee: null } }))).toBe(false);
  });

  test("stays where there is no reason, no person, no hours, or no open claim", () => {
    expect(change({}, other, staff, "")).toEqual(refused("reason-required"));
    expect(change({}, other, byMachine())).toEqual(refused("person-required"));
    expect(change({}, other, bySimulated(handle("7")))).toEqual(refused("simulation-only"));
    expect(change({ insurer: insurer() })).toEqual(refused("wrong-state"));
    for (const status of ["closed", "withdrawn"] as const) {
      expect(change({ state: { status } })).toEqual(refused("wrong-state"));
    }
  });

  test("can be changed while the claim stands anywhere else", () => {
    for (const status of ["submitted", "referred", "decided", "appealed", "reopened"] as const) {
      const event = change({ state: { status } });
      expect((event as { content: PayeeChanged }).content.payee).toEqual(other);
    }
  });
});
