import { describe, expect, test } from "@jest/globals";
import { etagOf, matchesTag, parseTags, tagsForm } from "../../shared/api/etag.ts";

describe("parseTags", () => {
  test.each([
    ["*", "*"],
    [' "1.2" ', ['"1.2"']],
    ['"a", "b" ,"c"', ['"a"', '"b"', '"c"']],
    ['W/"a","b,c"', ['W/"a"', '"b,c"']],
    ['""', ['""']],
  ])("reads %j", (header, tags) => {
    expect(parseTags(header)).toEqual(tags);
    expect(tagsForm.test(header)).toBe(tags !== "*");
  });

  test.each(["", "1.2", '"a" "b"', '"a",', '"a', '"a b"', 'w/"a"', '*, "a"', '"a";"b"'])(
    "refuses %j",
    (header) => {
      expect(parseTags(header)).toBeUndefined();
      expect(tagsForm.test(header)).toBe(false);
    },
  );
});

test("a tag matches by its very characters, a weak one never", () => {
  const tag = etagOf(3n, 12n);
  expect(tag).toBe('"3.12"');
  expect(matchesTag(['"1"', '"3.12"'], tag)).toBe(true);
  expect(matchesTag(['"3.1"', 'W/"3.12"'], tag)).toBe(false);
});
