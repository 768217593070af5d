import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { fromUtf8, toBase64, utf8 } from "../../shared/base/bytes.ts";
import { Malformed } from "../../shared/base/malformed.ts";
import { parseVerifierKey } from "../../shared/log/key.ts";
import { formatNote, maxNoteSignatures, type Note, parseNote } from "../../shared/log/note.ts";
import { openNote } from "../../shared/log/open-note.ts";
import { ed25519Signer, mlDsa44Signer } from "./signers.ts";
import { readVectors, testWithVectors } from "./vectors.ts";

// C2SP signed-note, Verifier keys, Example.
const vkey = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
const signed =
  "This is an example message.\n\n— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";
const key = parseVerifierKey(vkey);

describe("a signed note", () => {
  test("of the specification opens with its key", () => {
    expect(openNote(utf8(signed), [key])).toEqual({
      text: "This is an example message.\n",
      signatures: [{ key }],
      others: [],
    });
  });

  testWithVectors("of the specification's page and of sum.golang.org open with their keys", () => {
    for (const [note, vkey] of [
      ["signed-note.txt", "signed-note.vkey"],
      ["sumdb-checkpoint.txt", "sumdb.vkey"],
    ] as const) {
      const key = parseVerifierKey(readVectors(`c2sp/${vkey}`).toString().trim());
      const bytes = readVectors(`c2sp/${note}`);
      expect(openNote(bytes, [key])).toMatchObject({ signatures: [{ key }], others: [] });
      expect(formatNote(parseNote(bytes))).toEqual(utf8(bytes.toString()));
    }
  });

  test("with any one byte changed is malformed, unsigned or badly signed", () => {
    const bytes = utf8(signed);
    for (let i = 0; i < bytes.length; i++) {
      expect(outcome(bytes.with(i, (bytes[i] ?? 0) ^ 1), [key])).not.toBe("opened");
    }
  });

  test("by nobody known is refused; an unknown signature beside a known one is set apart", () => {
    expect(openNote(utf8(signed), [])).toEqual({ refused: "unknown-signer" });
    const other = ed25519Signer("example.com/foo", 7);
    const text = "This is an example message.\n";
    const both = formatNote({
      text,
      signatures: [...parseNote(utf8(signed)).signatures, other.sign(text)],
    });
    expect(openNote(both, [key])).toMatchObject({ signatures: [{ key }], others: [{}] });
    expect(openNote(both, [key, other.key])).toMatchObject({ others: [] });
  });

  test("with one bad signature by a known key is refused whole", () => {
    const other = ed25519Signer("example.com/other", 7);
    const signatures = [...parseNote(utf8(signed)).signatures, other.sign("Another text.\n")];
    const note = formatNote({ text: "This is an example message.\n", signatures });
    const refusal = { refused: "bad-signature", name: "example.com/other" };
    expect(openNote(note, [key, other.key])).toEqual(refusal);
    expect(openNote(note, [key])).toMatchObject({ signatures: [{ key }] });
  });

  test("signed by ML-DSA-44 must be a checkpoint", () => {
    const signer = mlDsa44Signer("example.com/pq");
    const line = { name: "example.com/pq", keyId: signer.key.id, signature: new Uint8Array(2428) };
    const note = formatNote({ text: "no checkpoint\n", signatures: [line] });
    expect(openNote(note, [signer.key])).toMatchObject({ refused: "bad-signature" });
  });
});

describe("the note parser", () => {
  test("divides at the last empty line", () => {
    const { signatures } = parseNote(utf8(signed));
    for (const text of ["\n", "a\n\nb\n", "a\n\n", "a\n\n— x AAAA\n", "\u{1f600}è\n"]) {
      expect(parseNote(formatNote({ text, signatures })).text).toBe(text);
    }
  });

  test("and the formatter refuse the same notes", () => {
    const s = { name: "n", keyId: 1, signature: new Uint8Array(64) };
    const bad: Note[] = [
      { text: "", signatures: [s] },
      { text: "no newline", signatures: [s] },
      { text: "tab\there\n", signatures: [s] },
      { text: "carriage\r\n", signatures: [s] },
      { text: "\ud800\n", signatures: [s] },
      { text: "ok\n", signatures: [] },
      { text: "ok\n", signatures: Array(maxNoteSignatures + 1).fill(s) },
      { text: "ok\n", signatures: [{ ...s, signature: new Uint8Array(0) }] },
      { text: `${"x".repeat(600_000)}\n`, signatures: [s] },
      ...["", "a b", "a+b", "a\u00a0b", "a\u0085b", "a\nb", "\ud800"].map((name) => ({
        text: "ok\n",
        signatures: [{ ...s, name }],
      })),
    ];
    for (const note of bad) expect(() => formatNote(note)).toThrow(Malformed);
    expect(
      parseNote(formatNote({ text: "ok\n", signatures: Array(16).fill(s) })).signatures,
    ).toHaveLength(16);
  });

  test("refuses every other spelling", () => {
    const blob = toBase64(new Uint8Array(68));
    const good = `text\n\n— name ${blob}\n`;
    expect(parseNote(utf8(good)).signatures).toHaveLength(1);
    const bad = [
      "",
      "\n",
      "text\n",
      "text\n\n",
      good.slice(0, -1),
      `${good}\n`,
      `${good}more\n`,
      `${good}— name ${blob}`,
      good.replace("—", "-"),
      good.replace("— ", "—"),
      good.replace("name ", "name  "),
      good.replace("name ", " name "),
      good.replace("\n\n", "\n"),
      good.replaceAll("\n", "\r\n"),
      good.replace("name", "na\u2003me"),
      good.replace("name", "na+me"),
      `text\n\n— name ${blob} \n`,
      `text\n\n— name ${blob.replace(/.$/, "")}\n`,
      `text\n\n— name ${blob.slice(0, -4)}AAB=\n`,
      "text\n\n— name AAAA\n",
      "text\n\n— name AAAAAA==\n",
      "text\n\n— name !!!!!!!!\n",
    ];
    for (const text of bad) expect([text, outcome(utf8(text), [])]).toEqual([text, "malformed"]);
    expect(outcome(Uint8Array.of(0x66, 0xff, 0x0a, 0x0a), [])).toBe("malformed");
    expect(outcome(new Uint8Array(600_000).fill(0x61), [])).toBe("malformed");
  });

  test("answers hostile bytes with Malformed, never with another error", () => {
    const pieces = fc.constantFrom("— ", "n ", "\n", "\n\n", "AAAAAAAA", "é", "+", "=", " ", "\0");
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.array(pieces, { maxLength: 20 }).map((list) => utf8(list.join(""))),
    );
    fc.assert(
      fc.property(bytes, (it) => {
        const read = outcome(it, []);
        if (read === "malformed") return true;
        return fromUtf8(formatNote(parseNote(it))) === fromUtf8(it);
      }),
    );
  });
});

function outcome(bytes: Uint8Array, keys: Parameters<typeof openNote>[1]): string {
  try {
    const opened = openNote(bytes, keys);
    return "refused" in opened ? opened.refused : "opened";
  } catch (error) {
    if (error instanceof Malformed) return "malformed";
    throw error;
  }
}
