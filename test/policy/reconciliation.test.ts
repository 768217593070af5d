import { describe, expect, test } from "@jest/globals";
import { encodeContent } from "../../shared/base/event.ts";
import { isRefusal } from "../../shared/base/refusal.ts";
import { evolveInsurer } from "../../shared/policy/insurer.ts";
import {
  type Reconciliation,
  reconciliationForm,
  recordReconciliation,
} from "../../shared/policy/reconciliation.ts";
import { readPublic } from "../../shared/record/public.ts";
import { insurer, intake } from "./sample.ts";

const refused = (code: string) => expect.objectContaining({ refused: code });
const first: Reconciliation = {
  number: 1n,
  day: 18_312n,
  payments: 3n,
  matched: 2n,
  opened: [{ kind: "unanswered", about: "0a".repeat(16), message: null }],
  closed: [],
};

describe("a reconciliation", () => {
  const event = recordReconciliation(insurer(), first);
  if (isRefusal(event)) throw new Error(event.detail);
  const { state } = insurer();
  const after = { ...insurer(), state: evolveInsurer(state, event, 9n) };

  test("is public, and says neither amounts nor names", () => {
    const body = encodeContent(reconciliationForm, event.content as Reconciliation);
    expect(readPublic("reconciliation.recorded", body)).toBe(body);
    expect(after.state).toEqual({ ...state, reconciliation: { number: 1n, day: 18_312n } });
  });

  test("is the next by number, of the same day or a later one", () => {
    const next = (over: Partial<Reconciliation>) =>
      recordReconciliation(after, { ...first, number: 2n, ...over });
    expect(isRefusal(next({}))).toBe(false);
    expect(isRefusal(next({ day: 18_313n }))).toBe(false);
    expect(next({ number: 1n })).toEqual(refused("wrong-state"));
    expect(next({ number: 3n })).toEqual(refused("wrong-state"));
    expect(next({ day: 18_311n })).toEqual(refused("wrong-state"));
  });

  test("matches no more than was sent, and is nothing an intake has", () => {
    expect(recordReconciliation(insurer(), { ...first, matched: 4n })).toEqual(
      refused("wrong-state"),
    );
    expect(recordReconciliation(intake, first)).toEqual(refused("kind-has-none"));
  });
});
