import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { beforeEach, describe, expect, test } from "@jest/globals";
import { utf8 } from "../../shared/base/bytes.ts";
import { parseBlock } from "../../shared/qldb/block.ts";
import { outputFormats } from "../../shared/qldb/export-names.ts";
import { merkleRoot } from "../../shared/qldb/merkle.ts";
import { temporaryFolder } from "../cluster/temporary.ts";
import { audit, digestFile, writeExport } from "./exported.ts";
import { sampleJournal } from "./sample-journal.ts";

const blocks = [...sampleJournal(10)];
const digest = merkleRoot(blocks.map((text) => parseBlock(text).blockHash));
let folder: string;
let saved: string;
beforeEach(() => {
  folder = temporaryFolder("qldb-export");
  saved = join(temporaryFolder("qldb-digest"), "digest.ion.txt");
  writeFileSync(saved, digestFile(digest, 9));
});
const verify = (...args: string[]) => audit(["qldb-journal", folder, ...args]);
const verifyJson = async () => {
  const { code, out } = await verify("--digest", saved, "--json");
  return { code, ...JSON.parse(out) };
};
const lines = (path: string) => readFileSync(path, "utf8").trimEnd().split("\n");

describe.each(["ION_TEXT", "ION_BINARY"] as const)("an export in %s", (format) => {
  test("verifies, and recomputes the digest that was saved before the service ended", async () => {
    writeExport(folder, blocks, format);
    const { code, out } = await verify("--digest", saved);
    expect(out).toContain("✓ blocks 0 to 9");
    expect(out).toContain("✓ the saved digest is recomputed: blocks 0 to 9");
    expect(code).toBe(0);
    const alone = await verify();
    expect(alone.out).toContain("UNANCHORED");
    expect(alone.code).toBe(0);
  });

  test("a file taken out, cut, named otherwise or in no manifest is found", async () => {
    const [first = "", second = "", third = ""] = writeExport(folder, blocks, format);
    const path = join(folder, second);
    const bytes = readFileSync(path);
    rmSync(path);
    expect(await verifyJson()).toMatchObject({
      code: 1,
      anchored: false,
      findings: [{ fault: "gap", sequenceNo: 8 }, { fault: "digest-not-covered" }],
      files: [expect.stringContaining("which is missing")],
    });
    writeFileSync(path, bytes.subarray(0, bytes.length - 9));
    const cut = await verifyJson();
    expect(cut.files).toContainEqual(
      expect.stringMatching(/\.4-7\.ion: byte \d+: begins what doesn't end/),
    );
    writeFileSync(path, bytes);
    renameSync(join(folder, third), join(folder, third.replace("8-9", "8-11")));
    const renamed = await verifyJson();
    expect(renamed.files.join()).toContain("promises blocks 8 to 11");
    expect(renamed.files.join()).toContain("in no manifest");
    expect(existsSync(join(folder, first))).toBe(true);
  });

  test("a flipped bit anywhere in a block is found, or is in what no hash covers", async () => {
    const [first = ""] = writeExport(folder, blocks.slice(0, 4), format);
    writeFileSync(
      saved,
      digestFile(merkleRoot(blocks.slice(0, 4).map((b) => parseBlock(b).blockHash)), 3),
    );
    const path = join(folder, first);
    const whole = readFileSync(path);
    expect((await verifyJson()).code).toBe(0);
    let unseen = 0;
    const tried = Array.from(
      { length: 60 },
      (_, i) => 8 + Math.floor((i * (whole.length - 9)) / 60),
    );
    for (const at of tried) {
      const bytes = Uint8Array.from(whole);
      bytes[at] = (bytes[at] ?? 0) ^ 1;
      writeFileSync(path, bytes);
      if ((await verifyJson()).code === 0) unseen++;
    }
    // blockTimestamp, the first block's transactionId, and in text what lies between values.
    expect(unseen).toBeLessThan(12);
  });
});

describe("an export in text", () => {
  test("blocks exchanged or altered inside a file are found, with the block's number", async () => {
    const [, second = ""] = writeExport(folder, blocks, "ION_TEXT");
    const path = join(folder, second);
    const [a = "", b = "", ...rest] = lines(path);
    writeFileSync(path, [b, a, ...rest].join("\n"));
    expect((await verifyJson()).findings[0]).toMatchObject({ fault: "gap", sequenceNo: 5 });
    writeFileSync(path, [a.replace('vin:"V4"', 'vin:"V5"'), b, ...rest].join("\n"));
    const { out, code } = await verify();
    expect(out).toContain("✗ block 4 does not add up (revision-hash)");
    expect(code).toBe(1);
  });

  test("what isn't Ion, or is nested too deep, is refused with file and offset; the other files are still read", async () => {
    const [first = "", second = ""] = writeExport(folder, blocks, "ION_TEXT");
    const path = join(folder, second);
    const good = readFileSync(path, "utf8");
    for (const [bad, message] of [
      ["{a:", "begins what doesn't end"],
      [`{a:${"[".repeat(5_000)}`, "nested deeper than 100"],
      ["{a:1", "begins what doesn't end"],
      ["{blockAddress:1}", "block: has no field"],
      ["{a:\u0001}", "is not Ion"],
    ] as const) {
      writeFileSync(path, `${good}${bad}`);
      const { files } = await verifyJson();
      expect(files[0]).toContain(message);
      expect(files[0]).toMatch(/\.4-7\.ion: byte 4[45]/);
    }
    writeFileSync(join(folder, first), utf8("no Ion at all"));
    const { files, counts } = await verifyJson();
    expect(files).toContainEqual(expect.stringMatching(/0-3\.ion: byte 0/));
    expect(counts.blocks).toBeGreaterThan(0);
  });

  test("a partial export is whole as far as it goes, and says that no digest follows", async () => {
    writeExport(folder, blocks.slice(4), "ION_TEXT");
    const { out, code } = await verify();
    expect(out).toContain("partial: blocks 0 to 3 are not here");
    expect(code).toBe(0);
    expect(await verifyJson()).toMatchObject({
      code: 1,
      findings: [{ fault: "digest-not-covered" }],
    });
  });

  test("without manifests the end of the journal can't be told, and that is a finding", async () => {
    const [first = ""] = writeExport(folder, blocks, "ION_TEXT");
    const { readdirSync } = await import("node:fs");
    const top = join(folder, "exports");
    for (const name of readdirSync(top)) if (name.endsWith(".manifest")) rmSync(join(top, name));
    expect((await verifyJson()).files).toEqual([expect.stringContaining("no manifest")]);
    expect(dirname(first)).toContain("2024/03/01/09");
  });
});

describe("an export in JSON", () => {
  const withBlobs = [...sampleJournal(10, (n) => `{vin:"V${n}",photo:{{AAEC}}}`)];
  beforeEach(() => {
    const root = merkleRoot(withBlobs.map((text) => parseBlock(text).blockHash));
    writeFileSync(saved, digestFile(root, 9));
  });

  test("has its chain and digest checked, and says what can't be", async () => {
    writeExport(folder, withBlobs, "JSON");
    const answer = await verifyJson();
    expect(answer).toMatchObject({ code: 0, ok: true, jsonBlocks: 10, anchored: true });
    // A photo is a blob, and in JSON any other text.
    expect(answer.unchecked).toBe(9);
    expect((await verify()).out).toContain("9 hashes of content can't be recomputed");
  });

  test("what JSON kept is recomputed: strings, ints, timestamps, and what was done", async () => {
    const plain = [
      ...sampleJournal(
        4,
        (n) => `{vin:"V${n}",n:${n},since:2024-03-01,at:2024-03-01T10:00:00.000Z,note:null}`,
      ),
    ];
    writeExport(folder, plain, "JSON");
    const { unchecked, ok } = await verifyJson();
    expect({ unchecked, ok }).toEqual({ unchecked: 0, ok: false });
  });

  test("an altered chain is found; an altered document is among what can't be checked, not called true", async () => {
    const [first = ""] = writeExport(folder, withBlobs, "JSON");
    const path = join(folder, first);
    const whole = readFileSync(path, "utf8");
    writeFileSync(path, whole.replace('"vin":"V2"', '"vin":"V9"'));
    expect(await verifyJson()).toMatchObject({ code: 0, unchecked: 9 });
    const hash = /"blockHash":"(.{8})/.exec(whole)?.[1] ?? "";
    writeFileSync(path, whole.replace(hash, hash.split("").toReversed().join("")));
    expect((await verifyJson()).code).toBe(1);
  });
});

test("every format has its export; a folder of anything else is no question that can be asked", async () => {
  expect(outputFormats).toEqual(["ION_TEXT", "ION_BINARY", "JSON"]);
  const nothing = await verify();
  expect(nothing.code).toBe(2);
  expect(nothing.err).toContain("holds no data object of a journal export");
  expect((await audit(["qldb-journal", join(folder, "none")])).code).toBe(2);
  writeExport(folder, blocks, "ION_TEXT");
  writeFileSync(saved, "{digest:1}");
  expect((await verify("--digest", saved)).code).toBe(2);
});
