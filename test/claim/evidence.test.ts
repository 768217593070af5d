import { describe, expect, test } from "@jest/globals";
import type { Act } from "../../shared/base/actor.ts";
import { isRefusal } from "../../shared/base/refusal.ts";
import type { Declaration } from "../../shared/claim/declaration.ts";
import {
  confirmEvidence,
  declareEvidence,
  evolveEvidence,
  maxEvidence,
} from "../../shared/claim/evidence.ts";
import { type ClaimState, claimStatuses } from "../../shared/claim/state.ts";
import { byMachine, byPerson, bySimulated, handle, insured, noon } from "../policy/sample.ts";
import { submitted, world } from "./sample.ts";

const refused = (code: string) => expect.objectContaining({ refused: code });
const self = byPerson(insured);
const letter: Declaration = {
  sha256: "a".repeat(64),
  sizeBytes: 7n,
  contentType: "application/pdf",
  title: "Letter",
};
const [one, two] = [handle("5"), handle("6")] as const;
const declare = (state: Partial<ClaimState> = {}, declaration = letter, act: Act = self) =>
  declareEvidence(world({ ...submitted(), ...state }), one, declaration, act);
const stored = { sha256: letter.sha256, sizeBytes: letter.sizeBytes };

/** The claim once `letter` was declared as `one`. */
function declared(): ClaimState {
  const event = declare();
  if (isRefusal(event)) throw new Error(event.detail);
  return evolveEvidence(submitted(), event, 2n);
}
const confirm = (state: ClaimState, over: Partial<typeof stored> = {}, evidence = one) =>
  confirmEvidence(world(state), evidence, { ...stored, ...over }, self);

describe("a document", () => {
  test("is declared, then confirmed by what the store has of it, by whom it is allowed, a machine as well", () => {
    const state = declared();
    const { title, ...rest } = letter;
    expect(state.evidence).toEqual([
      { ...rest, title, evidence: one, version: 2n, declaredAt: noon, confirmedAt: null },
    ]);
    const event = confirm(state);
    if (isRefusal(event)) throw new Error(event.detail);
    expect(event.content).toMatchObject({ evidence: one, ...stored, now: noon });
    expect(evolveEvidence(state, event, 3n).evidence[0]).toMatchObject({ confirmedAt: noon });
    expect(isRefusal(declare({}, letter, byMachine()))).toBe(false);
    expect(declare({}, letter, bySimulated(insured))).toEqual(refused("simulation-only"));
  });

  test("is not confirmed by other bytes or another size, under another handle, or twice", () => {
    const state = declared();
    expect(confirm(state, { sha256: "b".repeat(64) })).toEqual(refused("wrong-state"));
    expect(confirm(state, { sizeBytes: 8n })).toEqual(refused("wrong-state"));
    expect(confirm(state, {}, two)).toEqual(refused("not-found"));
    const event = confirm(state);
    if (isRefusal(event)) throw new Error(event.detail);
    expect(confirm(evolveEvidence(state, event, 3n))).toEqual(refused("duplicate"));
  });

  test("is one of at most 50, none of them twice", () => {
    const [known] = declared().evidence;
    if (!known) throw new Error("one is declared");
    const many = Array.from({ length: maxEvidence }, (_, at) => ({
      ...known,
      sha256: at.toString(16).padStart(64, "0"),
    }));
    expect(declare({ evidence: many })).toEqual(refused("wrong-state"));
    expect(isRefusal(declare({ evidence: many.slice(1) }))).toBe(false);
    expect(declare({ evidence: [known] })).toEqual(refused("duplicate"));
  });

  test("comes while the claim waits for a decision, and at no other time", () => {
    const takes = claimStatuses.filter((status) => !isRefusal(declare({ status })));
    expect(takes).toEqual([
      "submitted",
      "information-requested",
      "referred",
      "appealed",
      "reopened",
    ]);
    const decided = { ...declared(), status: "decided" as const };
    expect(confirm(decided)).toEqual(refused("wrong-state"));
  });
});
