import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { adjudicate } from "../../shared/coverage/adjudicate.ts";
import { compareTexts } from "../../shared/coverage/functions.ts";
import { compiled, facts } from "./sample.ts";

/** What a condition gives: true, false or no result. */
const holds = (when: string, claim: Parameters<typeof facts>[0]["claim"] = {}): unknown => {
  const [, first] = adjudicate(compiled({ when }), facts({ claim: claim ?? {} })).trace;
  return (first as { when: unknown }).when;
};
const refused = (when: string): string => {
  try {
    compiled({ when });
  } catch (error) {
    return (error as Error).message;
  }
  return "accepted";
};

describe("mulDiv, least, greatest", () => {
  test.each([
    ["mulDiv(25, 1, 10, 'half-even') == 2", true],
    ["mulDiv(35, 1, 10, 'half-even') == 4", true],
    ["mulDiv(29, 1, 10, 'down') == 2", true],
    ["mulDiv(-21, 1, 10, 'up') == -3", true],
    ["mulDiv(9223372036854775807, 9223372036854775807, 9223372036854775807, 'down') > 0", true],
    ["mulDiv(9223372036854775807, 2, 1, 'down') > 0", "error"],
    ["mulDiv(-9223372036854775808, 1, -1, 'down') > 0", "error"],
    ["mulDiv(1, 1, 0, 'down') > 0", "error"],
    ["mulDiv(1, 1, 0, 'down') > 0 || true", true],
    ["least(3, -4) == -4 && greatest(3, -4) == 3 && least(2, 2) == 2", true],
    ["least(claim.contracted, 1) == 1", "error"],
    ["mulDiv(claim.claimed, 8000, 10000, 'half-even') == 8000", true],
  ])("%s: %s", (when, result) => {
    expect(holds(when)).toBe(result);
  });

  test.each([
    ["mulDiv(1, 1, 1, 'floor') == 1", 'rounds mulDiv by none of "half-even", "down", "up"'],
    ["mulDiv(1, 1, 1, claim.event) == 1", "rounds mulDiv by none of"],
    ["mulDiv(1, 1, 1) == 1", "applies mulDiv to int, int, int, which"],
    ["mulDiv(1, 1, 'a', 'down') == 1", "applies mulDiv"],
    ["least(1, 2, 3) == 1", "applies least"],
    ["least('a', 'b') == 'a'", "applies least"],
    ["p.days.least(2) == 2", "applies least"],
    ["greatest(true, false)", "applies greatest"],
  ])("%s is refused", (when, says) => {
    expect(refused(when)).toContain(says);
  });
});

describe("texts stand in the order of their code points", () => {
  test("U+FFFD before U+10000, though its UTF-16 units are higher", () => {
    expect("\u{10000}" < "\ufffd").toBe(true);
    expect(holds("'\ufffd' < '\u{10000}' && '\ufffd' <= '\u{10000}'")).toBe(true);
    expect(holds("'\u{10000}' > '\ufffd' && '\u{10000}' >= '\ufffd'")).toBe(true);
    expect(holds("'\u{10000}' < '\ufffd' || '\u{10000}' <= '\ufffd'")).toBe(false);
    expect(holds("'icd-10:C44' < 'icd-10:C44.3' && 'a' <= 'a' && 'Z' < 'a'")).toBe(true);
  });

  test("it is the order of the UTF-8 bytes", () => {
    const text = fc.string({
      unit: fc.constantFrom("a", "é", "\ud7ff", "\ue000", "\uffff", "😀", "𐀀"),
      maxLength: 4,
    });
    fc.assert(
      fc.property(text, text, (a, b) => {
        expect(Math.sign(compareTexts(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
      }),
    );
  });

  test("a text of half a character can't be written", () => {
    expect(refused("claim.event == '\\ud83d'")).not.toBe("accepted");
  });
});
