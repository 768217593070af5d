import { describe, expect, test } from "@jest/globals";
import { anyOf } from "./any-of.ts";
import { formsOf } from "./forms.ts";

const values = ["13579.24", "1357924", "quetzal-key-9271"];
const written = (value: string, before: number): Record<string, string> => {
  const plain = `${"x".repeat(before)}"${value}",9`;
  const bytes = Buffer.from(plain);
  return { plain, base64: bytes.toString("base64"), hex: bytes.toString("hex") };
};

describe("the forms of a value", () => {
  const cases = values.flatMap((value) => [0, 1, 2, 3].map((before) => ({ value, before })));
  test.each(cases)("$value behind $before letters is found in plain, base64 and hex", (each) => {
    const stands = anyOf(formsOf(each.value));
    const other = written(each.value.replace("7", "8"), each.before);
    for (const [form, text] of Object.entries(written(each.value, each.before))) {
      expect([form, stands(Buffer.from(text))]).toEqual([form, true]);
      expect([form, stands(Buffer.from(other[form] ?? ""))]).toEqual([form, false]);
    }
  });

  test("are long enough not to be found by chance: digits amid others are no form, and what is too short is refused", () => {
    expect(anyOf(formsOf("1357924"))(Buffer.from("ord 1713579241712345"))).toBe(false);
    expect(() => formsOf("72")).toThrow("found by chance");
  });
});
