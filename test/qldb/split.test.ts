import { describe, expect, test } from "@jest/globals";
import { dumpBinary } from "ion-js";
import { concat, fromHex, fromUtf8, toHex, utf8 } from "../../shared/base/bytes.ts";
import { Malformed } from "../../shared/base/malformed.ts";
import { readIon } from "../../shared/qldb/ion.ts";
import { ionHash } from "../../shared/qldb/ion-hash.ts";
import { ionLimits } from "../../shared/qldb/ion-limits.ts";
import { splitIon } from "../../shared/qldb/split.ts";

function* chunksOf(bytes: Uint8Array, size: number): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}
const splitText = (text: string, size = 1 << 20) => [...splitIon(chunksOf(utf8(text), size))];
const splitBinary = (bytes: Uint8Array, size = 1 << 20) => [...splitIon(chunksOf(bytes, size))];
const failure = (read: () => unknown): string => {
  try {
    read();
  } catch (error) {
    expect(error).toBeInstanceOf(Malformed);
    return String((error as Error).message);
  }
  return "nothing";
};

/** Structs whose brackets, quotes and slashes stand where they don't count. */
const structs = [
  "{}",
  '{a:"}{\\"}",b:1}',
  "{'}\\'{':'',c:''}",
  "{a:'''long } ' '' text''' '''and \\''' more'''}",
  "{a:{{aGVsbG8v//8=}},b:{{}}}",
  '{a:{{"clob } \\" text"}},b:[1,{c:(d {e:2})}]}',
  "{/* } */a:1 // }\n,b:2}",
  '{"json":{"a":[1,2.5,"//"],"b":null}}',
  "{a:{b:{c:{d:{}}}}}",
];

describe("a file is cut into its top-level structs", () => {
  const text = `$ion_1_0 \n${structs.join("\n")}\n// the end`;

  test.each([1, 2, 3, 7, 1000])("text, wherever it is cut in reading (%i bytes)", (size) => {
    const pieces = [...splitIon(chunksOf(utf8(text), Math.max(size, 1)))];
    expect(pieces.map(({ bytes }) => fromUtf8(bytes))).toEqual(structs);
    for (const { offset } of pieces) expect(text[offset]).toBe("{");
  });

  test.each([4, 5, 7, 1000])("binary, each with its symbols (%i bytes)", (size) => {
    const values = structs.map((struct) => readIon(struct, "struct"));
    const pieces = splitBinary(concat(...values.map((value) => dumpBinary(value))), size);
    expect(pieces.map(({ bytes }) => toHex(ionHash(readIon(bytes, "piece"))))).toEqual(
      values.map((value) => toHex(ionHash(value))),
    );
  });

  test("binary, under a symbol table that later ones add to, and one that replaces them", () => {
    const marker = "e00100ea";
    // {imports: $ion_symbol_table, symbols: ["b"]} after {symbols: ["a"]}: $10 is a, $11 is b.
    const first = "e78183d487b28161";
    const added = "ea8183d7867103" + "87b28162";
    const bytes = fromHex(`${marker}${first}d38a2101${added}d38b2102${first}d38a2103`);
    const read = () => splitBinary(bytes, 4).map((piece) => readIon(piece.bytes, "piece"));
    expect(read().map((value) => [...value.fieldNames()])).toEqual([["a"], ["b"], ["a"]]);
  });

  test.each([
    ["text that ends in a struct", "{a:1} {b:", "byte 6: begins what doesn't end"],
    ["a list at the top", "{a:1} [1]", "byte 6: is no struct"],
    ["an annotated struct", "x::{a:1}", "byte 0: is no struct"],
    ["a blob at the top", "{{}}", "byte 1: is no struct"],
    ["other versions", "$ion_2_0 {}", "byte 5: is no struct"],
  ])("%s is refused with its offset", (_, text, message) => {
    expect(failure(() => splitText(text))).toContain(message);
  });

  test("deep nesting, symbols and values without end are refused before anything is built of them", () => {
    const deep = (depth: number) => `{a:${"[".repeat(depth)}${"]".repeat(depth)}}`;
    expect(splitText(deep(ionLimits.depth - 1))).toHaveLength(1);
    expect(failure(() => splitText(deep(1_000_000)))).toContain("nested deeper than 100");
    expect(failure(() => readIon(deep(1_000_000), "value"))).toContain("nested deeper than 100");
    const long = "s".repeat(ionLimits.symbolBytes + 2);
    expect(failure(() => splitText(`{${long}:1}`))).toContain("symbol of over");
    expect(failure(() => splitText(`{'${long}':1}`))).toContain("symbol of over");
    expect(splitText(`{a:"${long}",b:{{${"A".repeat(200_000)}}}}`)).toHaveLength(1);
    const endless = function* () {
      yield utf8('{a:"');
      for (;;) yield utf8("x".repeat(1 << 20));
    };
    expect(failure(() => [...splitIon(endless())])).toContain(`over ${ionLimits.valueBytes} bytes`);
  });

  test("binary that lies about its lengths, symbols or depth is refused with its offset", () => {
    const marker = "e00100ea";
    const cases: [string, string][] = [
      ["de 7f 7f 7f 7f 7f 7f", "a length beyond all bounds"],
      ["de 7f 7f 7f ff", "over"],
      ["d3 8a 25 01", "longer than what holds it"],
      ["d3 8a", "begins what doesn't end"],
      ["f0", "of no Ion type"],
      ["21 01", "is no struct"],
      ["e3 81 84 d0", "is no struct"],
      ["e0 02 00 ea", "version marker"],
      // {imports: [{name: "x"}]}
      ["ea 81 83 d7 86 b5 d4 84 82 78 78", "byte"],
    ];
    for (const [hex, message] of cases) {
      const bytes = fromHex(marker + hex.replaceAll(" ", ""));
      expect([hex, failure(() => splitBinary(bytes))]).toEqual([
        hex,
        expect.stringContaining(message),
      ]);
      expect(failure(() => splitBinary(bytes))).toMatch(/^byte [4-9]|^byte 1[0-9]/);
    }
    const nested = (depth: number): Uint8Array => {
      let bytes: Uint8Array = Uint8Array.of(0xb0);
      for (let level = 0; level < depth; level++) {
        const length = bytes.length;
        const head = [0xbe, (length >> 14) & 0x7f, (length >> 7) & 0x7f, (length & 0x7f) | 0x80];
        bytes = concat(Uint8Array.from(head), bytes);
      }
      const field = concat(Uint8Array.of(0x84), bytes);
      const length = field.length;
      const head = [0xde, (length >> 14) & 0x7f, (length >> 7) & 0x7f, (length & 0x7f) | 0x80];
      return concat(fromHex(marker), Uint8Array.from(head), field);
    };
    expect(splitBinary(nested(50))).toHaveLength(1);
    expect(failure(() => splitBinary(nested(5_000)))).toContain("nested deeper than 100");
    const symbol = "s".repeat(ionLimits.symbolBytes + 1);
    expect(failure(() => splitBinary(dumpBinary({ [symbol]: 1 })))).toContain("symbol of over");
  });
});
