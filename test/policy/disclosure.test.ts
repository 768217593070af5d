import { describe, expect, test } from "@jest/globals";
import { encodeContent } from "../../shared/base/event.ts";
import {
  type Disclosure,
  discloseOpenings,
  disclosureForm,
} from "../../shared/policy/disclosure.ts";
import { evolveInsurer } from "../../shared/policy/insurer.ts";
import { readPublic } from "../../shared/record/public.ts";
import { byMachine, byPerson, bySimulated, handle, insurer, simulation } from "./sample.ts";

const refused = (code: string) => expect.objectContaining({ refused: code });

const given = { from: 0n, to: 256n, key: "0a".repeat(32) };
const auditor = byPerson(handle("7"));

describe("openings that are given to somebody", () => {
  test("are recorded with who, which entries and for which key, and change nothing else", () => {
    const event = discloseOpenings(insurer(), given, auditor);
    if ("refused" in event) throw new Error(event.detail);
    expect(event.content).toEqual({ ...given, by: handle("7") });
    const body = encodeContent(disclosureForm, event.content as Disclosure);
    expect(readPublic("openings.disclosed", body)).toBe(body);
    expect(evolveInsurer(insurer().state, event, 9n)).toEqual(insurer().state);
  });

  test("go to persons, closed for a key, in plain only in a simulation", () => {
    expect(discloseOpenings(insurer(), given, byMachine())).toEqual(refused("person-required"));
    const plain = { ...given, key: null };
    expect(discloseOpenings(insurer(), plain, auditor)).toEqual(refused("not-permitted"));
    expect(discloseOpenings(simulation, plain, auditor)).toMatchObject({ content: plain });
    expect(discloseOpenings(insurer(), given, bySimulated(handle("7")))).toEqual(
      refused("simulation-only"),
    );
  });

  test("are of entries that are there", () => {
    const none = { ...given, from: 256n };
    expect(discloseOpenings(insurer(), none, auditor)).toEqual(refused("wrong-state"));
  });
});
