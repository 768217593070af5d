import { describe, expect, test } from "@jest/globals";
import type { Act, Credential } from "../../shared/base/actor.ts";
import { isRefusal } from "../../shared/base/refusal.ts";
import { ruleOnClaim } from "../../shared/claim/rule.ts";
import { type Ruling, rulingSchema } from "../../shared/claim/ruling.ts";
import type { ClaimState } from "../../shared/claim/state.ts";
import {
  byPerson,
  bySimulated,
  claimStream,
  handle,
  minute,
  noon,
  policyStream,
  signedIn,
  simulation,
} from "../policy/sample.ts";
import { ruling, submitted, world } from "./sample.ts";

const later = noon + 10n * minute;
const referred = (over = {}): ClaimState => ({ ...submitted(over), status: "referred" });
const denial = { outcome: "DENY", reasonCode: "NOT_COVERED" } as const;
const adjuster = byPerson(handle("e"), later);

/** What a denial that says `over` about the file becomes, ten minutes after the claim came in. */
const deny = (over: Partial<Ruling>, act: Act = adjuster, where = world(referred())) => {
  const result = ruleOnClaim(where, ruling({ ...denial, ...over }), act);
  return isRefusal(result) ? `${result.refused} ${result.field}` : "denied";
};
const withCredential = (over: Partial<Credential>): Act => ({
  ...adjuster,
  signatory: { person: handle("e"), credential: { ...signedIn, ...over } },
});

describe("what a ruling says about the file", () => {
  test("opened once there was a claim, not after the ruling", () => {
    expect(deny({ fileOpenedAt: noon })).toBe("denied");
    expect(deny({ fileOpenedAt: later })).toBe("denied");
    expect(deny({ fileOpenedAt: later + 1n })).toBe("file-time fileOpenedAt");
    expect(deny({ fileOpenedAt: noon - 1n })).toBe("file-time fileOpenedAt");
  });

  test("each document is a record of this claim or its policy that was there, named once", () => {
    const documents = (...named: [string, bigint][]) =>
      deny({ documentsOpened: named.map(([stream, version]) => ({ stream, version })) });
    expect(documents()).toBe("denied");
    expect(documents([claimStream, 1n], [policyStream, 1n])).toBe("denied");
    const wrong = "not-in-file documentsOpened";
    expect(documents([claimStream, 2n])).toBe(wrong);
    expect(documents([claimStream, 0n])).toBe(wrong);
    expect(documents([policyStream, 2n])).toBe(wrong);
    expect(documents([handle("c"), 1n])).toBe(wrong);
    expect(documents([claimStream, 1n], [claimStream, 1n])).toBe(wrong);
    const alone = world(referred({ policy: undefined }));
    const ofNone = { documentsOpened: [{ stream: policyStream, version: 1n }] };
    expect(deny(ofNone, adjuster, alone)).toBe(wrong);
  });

  test("is asked of every ruling, and can't be left out", () => {
    const paid = ruleOnClaim(world(referred()), ruling({ fileOpenedAt: later + 1n }), adjuster);
    expect(paid).toMatchObject({ refused: "file-time" });
    const whole = rulingSchema.encode(ruling(denial)) as Record<string, unknown>;
    expect(rulingSchema.safeParse(whole).success).toBe(true);
    for (const field of ["fileOpenedAt", "documentsOpened"]) {
      const { [field]: _left, ...rest } = whole;
      expect([field, rulingSchema.safeParse(rest).success]).toEqual([field, false]);
    }
  });
});

describe("who may deny", () => {
  const wrong = "person-required outcome";

  test("a person signed in as themselves; no machine, and nobody with a machine's credential", () => {
    const machine = { kind: "machine", now: later } as const;
    expect(deny({}, machine)).toBe("person-required undefined");
    expect(deny({}, { ...adjuster, ...machine })).toBe("person-required undefined");
    expect(deny({}, withCredential({ kind: "client-credentials" }))).toBe(wrong);
    expect(deny({}, withCredential({ kind: "none" }))).toBe(wrong);
  });

  test("a simulated one, in a simulation only", () => {
    const played = bySimulated(handle("e"), later);
    expect(deny({}, played)).toBe("simulation-only undefined");
    const nobody = { ...withCredential({ kind: "none" }), kind: "simulated" } as const;
    expect(deny({}, nobody, world(referred(), { insurer: simulation }))).toBe("denied");
  });
});
