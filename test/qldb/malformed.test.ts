import { describe, expect, test } from "@jest/globals";
import { Malformed } from "../../shared/base/malformed.ts";
import { parseBlock } from "../../shared/qldb/block.ts";
import { readIon } from "../../shared/qldb/ion.ts";
import { ionHash, ionHashOfBinary } from "../../shared/qldb/ion-hash.ts";
import { parseProof } from "../../shared/qldb/proof.ts";
import { parseBlockAddress, parseRevision } from "../../shared/qldb/revision.ts";

const hash = `{{${"A".repeat(43)}=}}`;
const address = '{strandId:"s",sequenceNo:1}';
const metadata = '{id:"d",version:0,txTime:2020-01-01T,txId:"t"}';

describe("readers refuse what the service never writes", () => {
  test.each([
    ["", "no value"],
    ["1 2", "two values"],
    ["{a:1", "an open struct"],
    ["{a:1,a:2}", "a repeated field"],
    ["[1]", "a list"],
    ["null.struct", "a null"],
    [`{blockAddress:${address},hash:{{AAAA}},data:1,metadata:${metadata}}`, "a short hash"],
    [`{blockAddress:${address},hash:${hash},data:1,dataHash:${hash},metadata:${metadata}}`, "both"],
    [`{blockAddress:${address},hash:${hash},data:1,metadata:{id:"d"}}`, "metadata without txId"],
  ])("as a revision: %s (%s)", (text) => {
    expect(() => parseRevision(text)).toThrow(Malformed);
  });

  test("a whole revision is read", () => {
    const text = `{blockAddress:${address},hash:${hash},data:1,metadata:${metadata}}`;
    expect(parseRevision(text).documentId).toBe("d");
  });

  test.each([
    '{strandId:"s",sequenceNo:-1}',
    '{strandId:"s",sequenceNo:1.0}',
    '{strandId:"s",sequenceNo:9007199254740993}',
    "{strandId:s,sequenceNo:1}",
    '{strandId:"s"}',
  ])("as an address: %s", (text) => {
    expect(() => parseBlockAddress(text)).toThrow(Malformed);
  });

  test("as a proof or a block", () => {
    expect(() => parseProof("[{{}}]")).toThrow(Malformed);
    expect(() => parseProof(`{a:${hash}}`)).toThrow(Malformed);
    expect(parseProof(`[${hash}]`)).toHaveLength(1);
    expect(() => parseBlock(`{blockAddress:${address}}`)).toThrow(Malformed);
  });
});

describe("an Ion hash is of the value", () => {
  const of = (text: string) => Buffer.from(ionHash(readIon(text, "value"))).toString("hex");

  test("not of its spelling", () => {
    expect(of("{a:1,b:2}")).toBe(of("{ b : 2, 'a' : 0x1 }"));
    const binary = Buffer.from("4AEA6u6PgYPch7qJRmlyc3ROYW1l1oqEUmF1bA==", "base64");
    expect(Buffer.from(ionHashOfBinary(binary)).toString("hex")).toBe(of('{FirstName:"Raul"}'));
  });

  test("and of its type", () => {
    const hashes = ["1", "1.0", "1e0", '"1"', "'1'", "{{MQ==}}", "a::1", "[1]", "(1)"].map(of);
    expect(new Set(hashes).size).toBe(hashes.length);
  });
});
