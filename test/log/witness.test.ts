import { describe, expect, test } from "@jest/globals";
import { fromUtf8, utf8 } from "../../shared/base/bytes.ts";
import { Malformed } from "../../shared/base/malformed.ts";
import {
  formatAddCheckpoint,
  formatCosignatures,
  parseAddCheckpoint,
  parseCosignatures,
  parseWitnessSize,
  safeRequestBytes,
} from "../../shared/log/witness.ts";
import { readPage } from "../docs/pages.ts";
import { largestRequest } from "./largest-request.ts";

// C2SP tlog-witness, add-checkpoint, example bodies.
const asked = `old 20852014
PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=
jrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=
5+pKlUdi2LeF/BcMHBn+Ku6yhPGNCswZZD1X/6QgPd8=
/6WVhPs2CwSsb5rYBH5cjHV/wSmA79abXAwhXw3Kj/0=

example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
— example.com/behind-the-sofa opLqBQsREYCgu6xQkYQwJr9fo45a62DN9EdmHXnZdXNqlcVGlCum2Wks+49/V6267UEjw6QUXTS5Rovnzv++qbSzm9Q=
`;
const answered = `— witness.example/w1 CMp+6LWBU0anHGH5aNDTJkH/gj79sG+T6+iP2ThYN5krrDJbR1HDnucjL39QsZTSvVjyQLrdk3DXDqI5G2HgLatVs0pWh6Up69HVOw==
— witness.example/w1 I7rEps0pvK2UqkS2gSpVUDhrhVtQV9lgF6pRrWAvjJHjyWpW7VcE3SiOlVlbQNt64vWhO+DlkL0+UfzuOBMh9ChdMkP1vi/lCAsmlw==
— witness.example/w2 AWui8Sk55XjYLOijihBjhqEH6nS1ndDymE0a+6idX7pLcnoB+dhnz0854aLZgrrKbYKA7nC3HNJhm/kWl7oJlqU3rXXvpysAdyP3wQ==
`;

describe("an add-checkpoint request", () => {
  test("of the specification's page is read and written byte for byte", () => {
    const read = parseAddCheckpoint(utf8(asked));
    expect(read.oldSize).toBe(20852014n);
    expect(read.proof).toHaveLength(4);
    expect(read.checkpoint).toMatchObject({ origin: "example.com/behind-the-sofa" });
    expect(fromUtf8(formatAddCheckpoint(read))).toBe(asked);
  });

  test.each([
    ["no old line", asked.slice(asked.indexOf("\n") + 1)],
    ["a leading zero", asked.replace("old 2", "old 02")],
    ["a sign", asked.replace("old 2", "old -2")],
    ["two spaces", asked.replace("old ", "old  ")],
    ["a size above 63 bits", asked.replace("20852014", "9223372036854775808")],
    ["CRLF", asked.replaceAll("\n", "\r\n")],
    ["a short hash", asked.replace("PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=", "PlRNCg==")],
    ["base64 with loose bits", asked.replace("pkaw=", "pkax=")],
    ["a hash without padding", asked.replace("pkaw=", "pkaw")],
    ["no checkpoint", asked.slice(0, asked.indexOf("\n\n") + 2)],
    ["a checkpoint without signatures", asked.slice(0, asked.indexOf("— "))],
    ["64 hashes", asked.replace(/(old .*\n)/, `$1${`${"A".repeat(43)}=\n`.repeat(60)}`)],
  ])("with %s is malformed", (_, text) => {
    expect(() => parseAddCheckpoint(utf8(text))).toThrow(Malformed);
  });

  test("with 64 hashes, a short hash or a note that is none is not written", () => {
    const read = parseAddCheckpoint(utf8(asked));
    const proof = Array.from({ length: 64 }, () => new Uint8Array(32));
    for (const bad of [
      { ...read, proof },
      { ...read, proof: [new Uint8Array(31)] },
      { ...read, note: utf8("nothing\n") },
      { ...read, oldSize: -1n },
    ]) {
      expect(() => formatAddCheckpoint(bad)).toThrow(Malformed);
    }
  });
});

describe("a witness's answer", () => {
  test("of the specification's page is read and written byte for byte", () => {
    const lines = parseCosignatures(utf8(answered));
    expect(lines.map(({ name }) => name)).toEqual([
      "witness.example/w1",
      "witness.example/w1",
      "witness.example/w2",
    ]);
    expect(fromUtf8(formatCosignatures(lines))).toBe(answered);
  });

  test.each(["", "\n", answered.trimEnd(), `${answered}\n`, `x${answered}`, answered.repeat(6)])(
    "is malformed as %j",
    (text) => {
      expect(() => parseCosignatures(utf8(text))).toThrow(Malformed);
    },
  );
});

describe("the size in a 409", () => {
  test.each(["", "5", "5\n\n", "05\n", "-5\n", " 5\n", "5\r\n", "9223372036854775808\n"])(
    "is malformed as %j",
    (text) => {
      expect(() => parseWitnessSize(utf8(text))).toThrow(Malformed);
    },
  );
});

test("the longest request a log of ours can make is one that every witness reads", () => {
  const { length } = largestRequest();
  expect(length).toBeLessThanOrEqual(safeRequestBytes);
  expect(readPage("spec/ledger.md")).toContain(`at most ${length.toLocaleString("en")} bytes`);
});
