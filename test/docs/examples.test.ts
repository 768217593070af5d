import { createDecipheriv, createHash } from "node:crypto";
import { describe, expect, test } from "@jest/globals";
import { parseOpeningLine, sealedRootOf } from "../../shared/audit/opening-line.ts";
import { toHex, utf8 } from "../../shared/base/bytes.ts";
import { leafHash } from "../../shared/log/hash.ts";
import { parsePolicy } from "../../shared/log/policy-file.ts";
import { parseRequirements } from "../../shared/log/require.ts";
import { verifyReceipt } from "../../shared/proof/receipt.ts";
import { parseRecord } from "../../shared/record/record.ts";
import { verifyByTheSteps } from "./by-the-steps.ts";
import { examplesIn, pages } from "./pages.ts";
import { exampleTexts, sealedLetterAt } from "./texts.ts";

const shown = new Map(pages.flatMap((page) => [...examplesIn(page)]));
const example = (name: string): string => {
  const text = shown.get(name);
  if (text === undefined) throw new Error(`no page shows ${name}`);
  return text;
};
/** An example that is one line of bytes without a newline at its end. */
const line = (name: string): Uint8Array => utf8(example(name).slice(0, -1));
const receipt = example("receipt");
const verified = (text: string) =>
  verifyReceipt(
    utf8(text),
    parsePolicy(utf8(example("policy"))),
    parseRequirements(utf8(example("require"))),
  );

test("every example is, byte for byte, what the code makes today", async () => {
  expect(Object.fromEntries(shown)).toEqual(Object.fromEntries(await exampleTexts()));
});

describe("docs/spec/record.md", () => {
  test("both records can be read; the leaf hash and the sealed root are those of the bytes shown", () => {
    expect(parseRecord(line("record-public")).type).toBe("log.genesis");
    const record = parseRecord(line("record-sealed"));
    expect(`${toHex(leafHash(line("record-sealed")))}\n`).toBe(example("record-leaf"));
    if (!("sealed" in record.body)) throw new Error("the second example is sealed");
    const root = sealedRootOf(parseOpeningLine(line("record-openings")));
    expect(toHex(root)).toBe(toHex(record.body.sealed.root));
  });

  test("a record spelled otherwise, or with another member, is refused", () => {
    const text = example("record-sealed").slice(0, -1);
    expect(() => parseRecord(utf8(`${text}\n`))).toThrow("canonical");
    expect(() => parseRecord(utf8(text.replace(/}$/, ',"x":1}')))).toThrow("members");
  });
});

describe("docs/spec/sealed-payload.md", () => {
  const opened = (context: Buffer, key = example("part-key").trim()): string => {
    const bytes = Buffer.from(example("part-ciphertext"), "base64");
    const from = createDecipheriv("aes-256-gcm", Buffer.from(key, "hex"), bytes.subarray(0, 12));
    from.setAAD(context).setAuthTag(bytes.subarray(-16));
    return Buffer.concat([from.update(bytes.subarray(12, -16)), from.final()]).toString("utf8");
  };
  const context = Buffer.from(line("part-context"));

  test("by the steps, with a standard library alone, the ciphertext opens to fields of the record shown", () => {
    const plain = opened(context);
    expect(`${plain}\n`).toBe(example("part-plain"));
    const { leaves, openings } = JSON.parse(example("record-openings"));
    const hashes = openings.map((each: unknown) =>
      createHash("sha256")
        .update(`\0${JSON.stringify(each)}`)
        .digest("hex"),
    );
    const record = JSON.parse(example("record-sealed"));
    const [origin, stream, version, root] = JSON.parse(context.toString());
    expect([origin, stream, version]).toEqual([record.origin, record.stream, "1"]);
    expect(root).toBe(record.sealed.root);
    for (const field of JSON.parse(plain)) {
      expect(openings).toContainEqual(field);
      expect(hashes).toContain(
        createHash("sha256")
          .update(`\0${JSON.stringify(field)}`)
          .digest("hex"),
      );
    }
    const given = leaves.filter((each: unknown) => each !== null);
    expect(openings.length + given.length).toBe(record.sealed.size);
  });

  test("nowhere else, and with no other key", () => {
    const elsewhere = context.toString().replace('"1"', '"2"');
    expect(() => opened(Buffer.from(elsewhere))).toThrow();
    expect(() => opened(context, "00".repeat(32))).toThrow();
  });
});

describe("docs/letters.md", () => {
  test("each letter hashes to what its decision's record seals", () => {
    for (const [name, index] of [
      ["letter-referred", 5],
      ["letter-paid", 7],
    ] as const) {
      const hash = createHash("sha256").update(example(name)).digest("hex");
      expect([name, hash]).toEqual([name, sealedLetterAt(index)]);
    }
  });
});

describe("docs/spec/receipt.md", () => {
  test("the receipt verifies against the policy shown, and shows two fields of the decision", () => {
    expect(verified(receipt)).toMatchObject({
      index: 7n,
      record: { type: "claim.decided", version: 3n },
      openings: [{ path: "award" }, { path: "outcome", value: "PAY" }],
    });
  });

  test("by the numbered steps alone it says the same", () => {
    const found = verifyByTheSteps(receipt, example("policy"), example("require"));
    const { leafHash: leaf, index } = verified(receipt) as { leafHash: Uint8Array; index: bigint };
    expect(found).toEqual({
      leafHash: toHex(leaf),
      index,
      shown: { award: { amount: "100000.00", currency: "CNY" }, outcome: "PAY" },
    });
  });

  const changed = (from: string | RegExp, to: string): string => {
    const text = receipt.replace(from, to);
    expect(text).not.toBe(receipt);
    return text;
  };
  const extraOf = (from: string, to: string): string => {
    const text = example("receipt-extra").slice(0, -1).replace(from, to);
    return changed(/^extra .*$/m, `extra ${Buffer.from(text).toString("base64")}`);
  };

  test.each([
    ["another index", changed("index 7", "index 6"), "not-included", "step 6"],
    ["another size", changed("\n9\n", "\n8\n"), "bad-signature", "step 4"],
    ["a hash left out", changed(/(index 7\n).*\n/, "$1"), "not-included", "step 6"],
    ["another amount", extraOf("100000.00", "900000.00"), "malformed", "step 7"],
    ["another record", extraOf("02-18T10:00Z", "02-18T10:01Z"), "not-included", "step 6"],
    ["no Ed25519 line", changed(/^— .{0,200}\n/m, ""), "requirement-not-met", "step 5"],
    ["no ML-DSA-44 line", changed(/^— .{200,}\n/m, ""), "requirement-not-met", "step 5"],
    ["another origin", changed(/claims\.example/g, "claims.invalid"), "unknown-log", "step 5"],
  ])("with %s both refuse it", (_, text, code, step) => {
    expect(verified(text)).toMatchObject({ refused: code });
    expect(() => verifyByTheSteps(text, example("policy"), example("require"))).toThrow(step);
  });
});
