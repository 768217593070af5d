import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { plainText, sepaText } from "../../shared/iso20022/message-text.ts";

describe("text in the SEPA set", () => {
  test.each([
    ["Jane Doe, c/o (x): 1-2? 'y' +.", "Jane Doe, c/o (x): 1-2? 'y' +."],
    ["Jürgen Müßig", "Jurgen Mussig"],
    ["ÆØÅ ẞ Łódź", "AEOA SS Lodz"],
    ["Đặng Thị Hoa", "Dang Thi Hoa"],
    ["İbrahim Işık", "Ibrahim Isik"],
    ["Ελένη Θεοδώρου", "Eleni THeodoroy"],
    ["Йордан Щерев", "Yordan SHTerev"],
    ['Smith & Sons @ 5_6; "x" – y…', "Smith + Sons (at) 5-6, 'x' - y..."],
    ["tab\tline\nnbsp\u00a0end", "tab line nbsp end"],
    ["e\u0301 q\u0303", "e q"],
    ["Li 张 Wei", "Li . Wei"],
    ["a\u0000b\u200b<c>", "a.b.(c)"],
    [" \u0301x ", ".x"],
  ])("%j is written %j", (text, written) => expect(sepaText(text, 70)).toBe(written));

  test("never becomes nothing: where no letter or digit is left there is no text", () => {
    for (const text of ["张伟", "", "   ", "...", "\u0301", "/ - /"])
      expect(sepaText(text, 70)).toBeUndefined();
  });

  test("is cut where it is too long, and has no spaces at its ends", () => {
    expect(sepaText("ß".repeat(70), 70)).toBe("s".repeat(70));
    expect(sepaText(`${"x".repeat(69)} y`, 70)).toBe("x".repeat(69));
  });

  test("whatever comes in, only its 75 characters come out, and they come out unchanged again", () => {
    const texts = fc.string({ unit: "binary", maxLength: 200 });
    fc.assert(
      fc.property(texts, (text) => {
        const written = sepaText(text, 70);
        if (written === undefined) return;
        expect(written).toMatch(/^[A-Za-z0-9/?:().,'+ -]{1,70}$/);
        expect(sepaText(written, 70)).toBe(written);
      }),
      { numRuns: 200 },
    );
  });

  test("a text composed and decomposed is written alike", () => {
    const text = "Ångström Žižek Йо";
    expect(sepaText(text.normalize("NFD"), 70)).toBe(sepaText(text.normalize("NFC"), 70));
  });
});

describe("text of a plain transfer", () => {
  test("keeps every script, as NFC", () => {
    expect(plainText("张伟 Ελένη e\u0301", 140)).toBe("张伟 Ελένη é");
  });

  test("what XML can't hold is a full stop, a control character a space", () => {
    expect(plainText("a\u0000b\ud800c\uffffd\te", 140)).toBe("a b.c.d e");
    expect(plainText("\u0000 \n", 140)).toBeUndefined();
  });

  test("is cut between characters, not within one", () => {
    expect(plainText("😀".repeat(141), 140)).toBe("😀".repeat(140));
  });
});
