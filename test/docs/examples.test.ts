import { createDecipheriv, createHash } from "node:crypto";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { verifyBundle } from "../../local/audit/verdict.ts";
import { closeBundle } from "../../local/bundle/folder.ts";
import { openBundle } from "../../local/bundle/open.ts";
import { parseOpeningLine, sealedRootOf } from "../../shared/audit/opening-line.ts";
import { toHex, utf8 } from "../../shared/base/bytes.ts";
import { packHash } from "../../shared/coverage/pack.ts";
import { xiangHuBao1 } from "../../shared/coverage/packs.ts";
import { leafHash } from "../../shared/log/hash.ts";
import { parsePolicy } from "../../shared/log/policy-file.ts";
import { parseRequirements } from "../../shared/log/require.ts";
import { verifyReceipt } from "../../shared/proof/receipt.ts";
import { parseRecord } from "../../shared/record/record.ts";
import { temporaryFolder } from "../cluster/temporary.ts";
import { verifyBundleByTheSteps } from "./bundle-by-the-steps.ts";
import { verifyByTheSteps } from "./by-the-steps.ts";
import { origin, records, requirements, trustPolicy, writeBundle } from "./example.ts";
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

describe("docs/spec/audit-bundle.md", () => {
  let folder = "";
  beforeEach(() => {
    folder = temporaryFolder("docs-bundle");
    writeBundle(folder);
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const bySteps = () => verifyBundleByTheSteps(folder, example("policy"), example("require"));
  const replace = (path: string, from: string, to: string): void => {
    const text = readFileSync(join(folder, path), "latin1");
    expect(text).toContain(from);
    writeFileSync(join(folder, path), text.replace(from, to), "latin1");
  };

  test("by the numbered steps alone, 1 to 8, the bundle is the verdict's log, and its openings are all there", () => {
    const [log] = JSON.parse(example("verdict")).logs;
    const sealed = records.filter(({ openings }) => openings.length > 0);
    const fields = sealed.reduce((sum, { openings }) => sum + openings.length, 0);
    expect(bySteps()).toEqual({ size: log.size, root: log.root, records: log.size, fields });
    expect(sealed.length).toBeGreaterThan(2);
  });

  const pack = `acme/public/packs/${packHash(xiangHuBao1)}.json`;
  const entries = "acme/public/tile/entries/000.p/9";
  test.each([
    ["an entry", entries, '"actor":"person"', '"actor":"parson"', 4, ["note-differs"]],
    ["a note", "acme/public/checkpoints/5", "\n5\n", "\n6\n", 3, ["note-unbelieved"]],
    ["a pack", pack, '"id":', '"id": ', 7, ["pack-differs"]],
    [
      "an opening",
      "acme/openings/000000.jsonl",
      '"100000.00"',
      '"900000.00"',
      8,
      ["opening-differs"],
    ],
    [
      "the index of an opening",
      "acme/openings/000000.jsonl",
      '"index":"4"',
      '"index":"5"',
      8,
      ["hole"],
    ],
  ] as const)(
    "with %s changed and the manifest made to fit, steps and audit both say so",
    async (_, path, from, to, step, codes) => {
      replace(path, from, to);
      closeBundle(folder);
      expect(bySteps).toThrow(`step ${step}`);
      const trust = {
        policy: parsePolicy(trustPolicy),
        requirements: parseRequirements(requirements),
      };
      const { findings } = await verifyBundle(
        openBundle(folder),
        new Map([[origin, trust]]),
        () => undefined,
      );
      expect(findings.map(({ code }) => code)).toEqual(expect.arrayContaining([...codes]));
    },
  );

  test("with a tile changed, or a file that the manifest does not list, too", () => {
    writeFileSync(join(folder, "acme/public/tile/0/000.p/9"), new Uint8Array(288));
    expect(bySteps).toThrow("step 1");
    closeBundle(folder);
    expect(bySteps).toThrow("step 5");
    writeBundle(folder);
    writeFileSync(join(folder, "acme/more"), "");
    expect(bySteps).toThrow("step 1");
  });
});
