import { describe, expect, test } from "@jest/globals";
import * as fc from "fast-check";
import { cryptoHasherProvider, makeHashReader } from "ion-hash-js";
import { makeReader } from "ion-js";
import { toHex } from "../../shared/base/bytes.ts";
import { readIon } from "../../shared/qldb/ion.ts";
import { ionHash } from "../../shared/qldb/ion-hash.ts";

/** The hash as ion-hash-js makes it, from the text. */
function byLibrary(text: string): string {
  const reader = makeHashReader(makeReader(text), cryptoHasherProvider("sha256"));
  reader.next();
  reader.next();
  return toHex(reader.digest());
}
const ours = (text: string) => toHex(ionHash(readIon(text, "value")));

describe("our Ion Hash is ion-hash-js's", () => {
  test.each([
    ..."null null.bool null.int null.float null.decimal null.timestamp null.symbol null.string".split(
      " ",
    ),
    ..."null.clob null.blob null.list null.sexp null.struct true false nan +inf -inf".split(" "),
    ..."0 1 -1 255 256 -256 11 12 14 0x0b0c0e 123456789012345678901234567890 -18446744073709551616".split(
      " ",
    ),
    ..."0e0 -0e0 1e0 1.5e300 0d0 0. -0. 0.0 1.0 90.25 1d-30 12345678901234567890.123456789 127d63 -128d64 255d-64 -1d8192 0d-8192 -0d5".split(
      " ",
    ),
    ..."2007T 2007-01T 2007-01-01 2007-01-01T00:00Z 2019-09-16T19:37:05.360Z 2019-09-16T19:37:05+02:00".split(
      " ",
    ),
    ..."0001T 9999-12-31T23:59:59.999Z 2000-02-29T23:59-23:59 2000-01-01T00:30+01:00 2024-01-01T00:00:09.0Z 2024-01-01T00:00:00.00Z 2024-01-01T00:00:00.05-00:00".split(
      " ",
    ),
    ...'2019-09-16T19:37:05.000000001-00:00 a \'ab\' $4 \'\' "" "a" "\\x0b\\x0c\\x0e" "äß😀"'.split(
      " ",
    ),
    ...'{{}} {{CwwO}} {{AAECAw==}} {{"clob"}} [] [1,[2],{}] () {} {a:1} a::0d0 a::1.5 a::2007T a::1 a::b::{} a::null.int'.split(
      " ",
    ),
    "(a (b))",
    "{b:2,a:1,c:{a:a::1}}",
    "{a:1,a:2,a:1}",
    "{'$ion_1_0':[x::y::[z::'']]}",
  ])("%s", (text) => {
    expect(ours(text)).toBe(byLibrary(text));
  });

  const name = fc
    .string({ unit: fc.constantFrom("a", "B", " ", "\v", "\f", "\u000e"), maxLength: 4 })
    .map((text) => `'${escaped(text)}'`);
  const two = (n: number) => String(n).padStart(2, "0");
  const offset = fc
    .tuple(fc.constantFrom("+", "-"), fc.nat(23), fc.nat(59))
    .map(([sign, hours, minutes]) => `${sign}${two(hours)}:${two(minutes)}`);
  const timestamp = fc
    .tuple(fc.integer({ min: 2, max: 9998 }), fc.nat(11), fc.nat(59), fc.nat(59), offset)
    .chain(([year, month, minute, second, at]) =>
      fc.stringMatching(/^[0-9]{0,12}$/).map((digits) => {
        const date = `${String(year).padStart(4, "0")}-${two(month + 1)}-28T23`;
        return `${date}:${two(minute)}:${two(second)}${digits && `.${digits}`}${at}`;
      }),
    );
  const { value } = fc.letrec<{ value: string }>((tie) => ({
    value: fc
      .tuple(
        fc.array(name, { maxLength: 2 }),
        fc.oneof(
          { maxDepth: 4, depthSize: "small" },
          fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }).map(String),
          fc.string({ unit: "binary" }).map((text) => `"${escaped(text)}"`),
          name,
          fc.tuple(fc.integer(), fc.integer({ min: -20, max: 20 })).map(([c, e]) => `${c}d${e}`),
          fc.double({ noNaN: true, noDefaultInfinity: true }).map((x) => x.toExponential()),
          fc
            .date({ min: new Date(0), max: new Date(4e12), noInvalidDate: true })
            .map((date) => date.toISOString()),
          timestamp,
          fc.uint8Array().map((bytes) => `{{${Buffer.from(bytes).toString("base64")}}}`),
          fc.array(tie("value"), { maxLength: 4 }).map((items) => `[${items.join(",")}]`),
          fc
            .array(fc.tuple(name, tie("value")), { maxLength: 4 })
            .map((fields) => `{${fields.map((field) => field.join(":")).join(",")}}`),
        ),
      )
      .map(([annotations, bare]) => [...annotations, bare].join("::")),
  }));

  test("of any value", () => {
    fc.assert(
      fc.property(value, (text) => {
        expect(ours(text)).toBe(byLibrary(text));
      }),
      { numRuns: 50 },
    );
  });
});

const escaped = (text: string): string =>
  text.replace(/[\p{Cc}\\"']|[\ud800-\udfff]/gu, (each) =>
    /[\\"']/.test(each) ? `\\${each}` : `\\u${each.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
