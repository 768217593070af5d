import { describe, expect, test } from "@jest/globals";
import { encodeContent } from "../../shared/base/event.ts";
import { isRefusal } from "../../shared/base/refusal.ts";
import { evolveInsurer } from "../../shared/policy/insurer.ts";
import { type Payments, paymentsForm, publishPayments } from "../../shared/policy/payments.ts";
import { readPublic } from "../../shared/record/public.ts";
import { byPerson, handle, insurer, intake, payments } from "./sample.ts";

const refused = (code: string) => expect.objectContaining({ refused: code });
const publish = (over: Partial<Payments>) =>
  publishPayments(insurer(), { ...payments, ...over }, byPerson(handle("5")));
const heads = (over: Partial<Payments["heads"]>) =>
  publish({ heads: { ...payments.heads, ...over } });

describe("what payouts go by beside the bands of indemnity", () => {
  test("is public, and in force from its record on", () => {
    const event = publish({});
    if (isRefusal(event)) throw new Error(event.detail);
    const body = encodeContent(paymentsForm, event.content as Payments);
    expect(readPublic("payments.published", body)).toBe(body);
    const { payer, heads, coolingOffHours } = payments;
    const state = evolveInsurer(insurer().state, event, 9n);
    expect(state.payments).toEqual({ payer, heads, coolingOffHours, version: 9n });
    expect(state.bands).toEqual(insurer().state.bands);
  });

  test("asks for a person under expense and ex gratia, whatever the amount; interest may go under the pack", () => {
    const machine = [{ upTo: 1n, approvers: 0n }];
    expect(heads({ expense: machine })).toEqual(refused("person-required"));
    expect(heads({ "ex-gratia": machine })).toEqual(refused("person-required"));
    expect(isRefusal(heads({ interest: machine }))).toBe(false);
  });

  test("has bands that ascend, in the insurer's currency; an intake has none; nobody waits over a year", () => {
    const falling = [
      { upTo: 2n, approvers: 1n },
      { upTo: 1n, approvers: 1n },
    ];
    expect(heads({ interest: falling })).toEqual(refused("wrong-state"));
    expect(heads({ interest: [{ upTo: 2n, approvers: 8n }] })).toEqual(refused("wrong-state"));
    expect(publish({ currency: "EUR" })).toEqual(refused("currency-mismatch"));
    expect(publish({ coolingOffHours: 8_761n })).toEqual(refused("wrong-state"));
    expect(publishPayments(intake, payments, byPerson(handle("5")))).toEqual(
      refused("kind-has-none"),
    );
  });
});
