import { describe, expect, test } from "@jest/globals";
import { redecidePublic } from "../../shared/audit/redecide-public.ts";
import type { Act } from "../../shared/base/actor.ts";
import type { DomainEvent, Seen } from "../../shared/base/event.ts";
import { isRefusal, type Refusal } from "../../shared/base/refusal.ts";
import {
  approveErasure,
  completeErasure,
  declineErasure,
  recordErasure,
  requestErasure,
  type StillOpen,
} from "../../shared/policy/erasure.ts";
import { liftHold, placeHold } from "../../shared/policy/hold.ts";
import {
  evolvePerson,
  isErased,
  type PersonState,
  unheldPerson,
} from "../../shared/policy/person.ts";
import { dueClasses, publishRetention } from "../../shared/policy/retention.ts";
import {
  byMachine,
  byPerson,
  bySimulated,
  handle,
  insured,
  insurer,
  noon,
  seen,
} from "./sample.ts";

const refused = (code: string) => expect.objectContaining({ refused: code });
const both = ["identity-and-health", "financial"] as const;
const ours = byPerson(handle("6"));
const other = byPerson(handle("7"));
const schedule = [
  { class: "identity-and-health", days: 1_096n },
  { class: "financial", days: 3_652n },
] as const;
const kept = insurer({ retention: { schedule, version: 3n } });

const person = (state: PersonState = unheldPerson): Seen<PersonState> => seen(insured, state);
function taken(before: Seen<PersonState>, decided: DomainEvent | Refusal): Seen<PersonState> {
  if (isRefusal(decided)) throw new Error(`${decided.refused}: ${decided.detail}`);
  return { ...before, version: before.version + 1n, state: evolvePerson(before.state, decided) };
}
const asked = (act: Act = byPerson(insured), from = person()) =>
  taken(from, requestErasure(insurer(), from, { classes: both, basis: "request" }, act));
const approved = () => taken(asked(), approveErasure(insurer(), asked(), [], ours));

describe("an erasure", () => {
  test("is asked for, approved by another person, recorded, completed; then nothing new is taken", () => {
    const covers = [{ stream: handle("3"), version: 4n, as: "subject" } as const];
    const before = approved();
    expect(isErased(before.state)).toBe(true);
    const recorded = taken(before, recordErasure(before, covers));
    const done = taken(recorded, completeErasure(recorded));
    expect(done.state).toEqual({ ...unheldPerson, erased: both });
    expect(isErased(done.state)).toBe(true);
    const again = requestErasure(insurer(), done, { classes: both, basis: "request" }, ours);
    expect(again).toEqual(refused("erased"));
  });

  test.each<[string, Act, string]>([
    ["who asked", ours, "same-person"],
    ["the person whose data it is", byPerson(insured), "same-person"],
    ["a machine", byMachine(), "person-required"],
    ["somebody simulated", bySimulated(handle("7")), "simulation-only"],
  ])("is not approved or declined by %s", (_who, act, code) => {
    const waiting = asked(ours);
    expect(approveErasure(insurer(), waiting, [], act)).toEqual(refused(code));
    expect(declineErasure(insurer(), waiting, "legal-obligation", act)).toEqual(refused(code));
    expect(isRefusal(approveErasure(insurer(), waiting, [], other))).toBe(false);
  });

  test.each<StillOpen["what"]>(["claim", "policy", "payout"])(
    "is not approved while a %s of the person is open; the refusal names it",
    (what) => {
      const refusal = approveErasure(insurer(), asked(), [{ stream: handle("3"), what }], ours);
      expect(refused("claim-open")).toEqual(refusal);
      expect(refusal).toMatchObject({ detail: expect.stringContaining(`${what} ${handle("3")}`) });
    },
  );

  test("comes one at a time, and not before it was asked for", () => {
    const request = { classes: both, basis: "request" } as const;
    expect(requestErasure(insurer(), asked(), request, ours)).toEqual(refused("duplicate"));
    expect(requestErasure(insurer(), approved(), request, ours)).toEqual(refused("duplicate"));
    expect(approveErasure(insurer(), person(), [], ours)).toEqual(refused("wrong-state"));
    for (const state of [person(), asked()]) {
      expect(recordErasure(state, [])).toEqual(refused("wrong-state"));
      expect(completeErasure(state)).toEqual(refused("wrong-state"));
    }
  });

  test("that was declined leaves the person as before, to ask again", () => {
    const waiting = asked();
    const declined = taken(waiting, declineErasure(insurer(), waiting, "legal-claims", ours));
    expect(declined.state).toEqual(unheldPerson);
    expect(asked(ours, declined).state.status).toBe("requested");
  });

  test("takes financial data with the rest or after it, never first", () => {
    const only = (state: Seen<PersonState>) =>
      requestErasure(insurer(), state, { classes: ["financial"], basis: "request" }, ours);
    expect(only(person())).toEqual(refused("wrong-state"));
    expect(isRefusal(only(person({ ...unheldPerson, erased: ["identity-and-health"] })))).toBe(
      false,
    );
  });
});

describe("a legal hold", () => {
  const held = taken(asked(), placeHold(insurer(), asked(), handle("8"), "litigation", ours));

  test("wins over an approval, and over the request's own approver, until each one is lifted", () => {
    expect(approveErasure(insurer(), held, [], ours)).toEqual(refused("legal-hold"));
    const two = taken(held, placeHold(insurer(), held, handle("5"), "regulator", other));
    const one = taken(two, liftHold(insurer(), two, handle("8"), ours));
    expect(approveErasure(insurer(), one, [], ours)).toEqual(refused("legal-hold"));
    const free = taken(one, liftHold(insurer(), one, handle("5"), ours));
    expect(isRefusal(approveErasure(insurer(), free, [], ours))).toBe(false);
  });

  test("does not keep a request from being recorded", () => {
    const first = taken(person(), placeHold(insurer(), person(), handle("8"), "litigation", ours));
    expect(asked(byPerson(insured), first).state.status).toBe("requested");
  });

  test("comes too late once the erasure was approved, and only persons place and lift it", () => {
    const late = placeHold(insurer(), approved(), handle("8"), "litigation", ours);
    expect(late).toEqual(refused("wrong-state"));
    const machine = placeHold(insurer(), person(), handle("8"), "litigation", byMachine());
    expect(machine).toEqual(refused("person-required"));
    expect(liftHold(insurer(), held, handle("8"), byMachine())).toEqual(refused("person-required"));
    expect(liftHold(insurer(), held, handle("9"), ours)).toEqual(refused("not-found"));
    const twice = placeHold(insurer(), held, handle("8"), "litigation", ours);
    expect(twice).toEqual(refused("duplicate"));
  });
});

describe("a retention schedule", () => {
  test("is asked for by the machine alone, and only where one is published", () => {
    const request = { classes: ["identity-and-health"], basis: "retention" } as const;
    expect(isRefusal(requestErasure(kept, person(), request, byMachine()))).toBe(false);
    expect(requestErasure(kept, person(), request, ours)).toEqual(refused("not-permitted"));
    expect(requestErasure(insurer(), person(), request, byMachine())).toEqual(
      refused("not-permitted"),
    );
    const asRequest = { ...request, basis: "request" } as const;
    expect(requestErasure(kept, person(), asRequest, byMachine())).toEqual(
      refused("person-required"),
    );
  });

  test("lists each class from the day it is due, less what was erased", () => {
    const day = 86_400_000_000n;
    const due = (days: bigint, erased: readonly (typeof both)[number][] = []) =>
      dueClasses(schedule, noon, erased, noon + days * day);
    expect(due(1_095n)).toEqual([]);
    expect(dueClasses(schedule, noon, [], noon + 1_096n * day - 1n)).toEqual([]);
    expect(due(1_096n)).toEqual(["identity-and-health"]);
    expect(due(3_652n)).toEqual(both);
    expect(due(3_652n, ["identity-and-health"])).toEqual(["financial"]);
    expect(due(1_096n, ["identity-and-health"])).toEqual([]);
  });

  test.each([
    ["out of order", [schedule[1], schedule[0]]],
    ["with a class missing", [schedule[0]]],
    ["that keeps financial data shorter", [schedule[0], { class: "financial", days: 1n }]],
    ["that keeps it 101 years", [schedule[0], { class: "financial", days: 36_890n }]],
  ] as const)("%s is refused", (_how, some) => {
    expect(publishRetention(insurer(), some)).toEqual(refused("wrong-state"));
    expect(isRefusal(publishRetention(insurer(), schedule))).toBe(false);
  });
});

describe("the audit takes each step again", () => {
  const judged = (event: DomainEvent | Refusal, state: Seen<PersonState>, actor: Act["kind"]) => {
    if (isRefusal(event)) throw new Error(event.detail);
    const reader = { opened: insurer(), stream: async () => state } as unknown as Parameters<
      typeof redecidePublic
    >[0];
    return redecidePublic(reader, event, new Map(), actor, noon);
  };

  test("and finds one that the rules would have refused", async () => {
    const approval = approveErasure(insurer(), asked(), [], ours);
    expect(await judged(approval, asked(), "person")).toBeUndefined();
    expect(await judged(approval, asked(), "machine")).toEqual(refused("person-required"));
    expect(await judged(approval, asked(ours), "person")).toEqual(refused("same-person"));
    const hold = placeHold(insurer(), asked(), handle("8"), "litigation", other);
    const held = taken(asked(), hold);
    expect(await judged(approval, held, "person")).toEqual(refused("legal-hold"));
    const recorded = recordErasure(approved(), [
      { stream: handle("3"), version: 1n, as: "subject" },
    ]);
    expect(await judged(recorded, approved(), "machine")).toBeUndefined();
    expect(await judged(recorded, asked(), "machine")).toEqual(refused("wrong-state"));
  });
});
