import { describe, expect, test } from "@jest/globals";
import { isRefusal } from "../../shared/base/refusal.ts";
import { evolveInsurer, keyDigest } from "../../shared/policy/insurer.ts";
import { publishKeys } from "../../shared/policy/signing-keys.ts";
import { insurer } from "./sample.ts";

const inForce = (...keys: string[]) => insurer({ keys: keys.map(keyDigest) });
const refused = (code: string) => expect.objectContaining({ refused: code });
const publish = (before: ReturnType<typeof inForce>, keys: string[]) => {
  const event = publishKeys(before, keys);
  if (isRefusal(event)) throw new Error(event.detail);
  return { event, state: evolveInsurer(before.state, event, 3n) };
};

describe("the keys of a log", () => {
  test("go from one pair to the next over a list of both", () => {
    const both = publish(inForce("old 1", "old 6"), ["old 1", "old 6", "new 1", "new 6"]);
    expect(both.event.content).toEqual({ keys: ["old 1", "old 6", "new 1", "new 6"] });
    const { state } = publish({ ...inForce(), state: both.state }, ["new 1", "new 6"]);
    expect(state.keys).toEqual([keyDigest("new 1"), keyDigest("new 6")]);
    expect(state.bands).toEqual(insurer().state.bands);
  });

  test("are never all replaced at once", () => {
    const now = inForce("old 1", "old 6");
    expect(publishKeys(now, ["new 1", "new 6"])).toEqual(refused("wrong-state"));
    expect(publish(now, ["old 1", "new 6"]).state.keys).toContain(keyDigest("new 6"));
  });

  test("are refused where a list says nothing new or says a key twice", () => {
    const now = inForce("old 1", "old 6");
    expect(publishKeys(now, ["old 6", "old 1"])).toEqual(refused("duplicate"));
    expect(publishKeys(now, ["old 1", "new 1", "new 1"])).toEqual(refused("wrong-state"));
  });
});
