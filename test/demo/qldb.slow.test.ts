import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { verifyBundle } from "../../local/audit/verdict.ts";
import { closeBundle } from "../../local/bundle/folder.ts";
import { openBundle } from "../../local/bundle/open.ts";
import { readTrusts } from "../../local/bundle/trust.ts";
import { policyFolder } from "../../local/demo/bundle.ts";
import { runDemo } from "../../local/demo/run.ts";
import type { Summary } from "../../local/demo/summary.ts";
import { type LedgerKind, ledgerName } from "../../local/platform/qldb.ts";
import { fromUtf8 } from "../../shared/base/bytes.ts";
import { parseCheckpoint } from "../../shared/log/checkpoint.ts";
import { parseNote } from "../../shared/log/note.ts";
import { parseBlock } from "../../shared/qldb/block.ts";
import { smallPortfolio } from "../bundle/small.ts";
import { openFolder } from "../cli/door.ts";
import { silentTerminal } from "../cli/silent.ts";
import { freshDatabase } from "../cluster/database.ts";

/* The same few claims on both engines, from submission to an audited bundle; then everything that could be done to the QLDB one. */
let folder: string;
const summaries = new Map<LedgerKind, Summary>();
const bundle = () => join(folder, "qldb-bundle");

beforeAll(async () => {
  folder = openFolder("qldb-demo");
  for (const ledger of ["tlog", "qldb"] as const) {
    const database = await freshDatabase();
    const { summary } = await runDemo(silentTerminal(), smallPortfolio(6), {
      folder: join(folder, ledger),
      databaseUrl: database.superuserUrl,
      out: join(folder, `${ledger}-bundle`),
      attack: false,
      ledger,
      choice: { bank: "friendly", seed: "1" },
      startedMs: Date.now(),
    });
    summaries.set(ledger, summary);
    await database.drop();
  }
}, 600_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("the demo", () => {
  test("comes to the same sums on both engines; only what is signed differs", () => {
    const [tlog, qldb] = [summaries.get("tlog"), summaries.get("qldb")];
    if (!tlog || !qldb) throw new Error("both were run");
    expect(tlog.audit).toMatchObject({ ok: true, anchored: true, holes: 0 });
    const { logs, seconds: _, ...sums } = qldb;
    const { logs: trees, seconds: __, ...expected } = tlog;
    expect(sums).toEqual(expected);
    expect(trees).toHaveLength(2);
    expect(logs).toHaveLength(1);
    const note = parseNote(readFileSync(join(bundle(), ledgerName, "public", "checkpoint")));
    const { origin, size, extensions } = parseCheckpoint(note.text);
    expect(logs[0]).toMatchObject({ origin, size: Number(size) });
    expect(extensions[0]).toMatch(/^qldb-digest\/v1 [0-9A-Za-z]{22}$/);
  });
});

/** A copy of the bundle after `change`; with `reclosed` its manifest is made anew, as whoever holds the folder could. */
function changed(change: (folder: string) => void, reclosed: boolean): string {
  const copy = join(mkdtempSync(join(folder, "copy-")), "bundle");
  cpSync(bundle(), copy, { recursive: true });
  change(copy);
  if (reclosed) closeBundle(copy);
  return copy;
}

/** "code file" of each finding. */
async function named(at: string): Promise<string[]> {
  const trusts = readTrusts(policyFolder(bundle()));
  const { findings } = await verifyBundle(openBundle(at), trusts, () => undefined);
  return [...new Set(findings.map(({ code, file }) => `${code} ${file ?? "-"}`))];
}

const journalFile = (): string => {
  const [name = ""] = readdirSync(join(bundle(), ledgerName, "public", "journal"));
  return `public/journal/${name}`;
};
/** Edits the lines of the journal: one a block. */
const blocks = (edit: (lines: string[]) => string[]) => (at: string) => {
  const file = join(at, ledgerName, journalFile());
  const lines = readFileSync(file, "utf8").trimEnd().split("\n");
  writeFileSync(file, `${edit(lines).join("\n")}\n`);
};
/** The last block that holds records. */
const withRecords = (lines: readonly string[]): number =>
  lines.findLastIndex((line) => line.includes("revisions:"));

describe("an audit of a QLDB bundle", () => {
  test("finds nothing in it as it was closed, and names a file that was changed", async () => {
    expect(await named(bundle())).toEqual([]);
    const flipped = changed(
      blocks((lines) => lines.with(3, lines[3]!.replace("statement", "Statement"))),
      false,
    );
    expect(await named(flipped)).toContain(`file-changed ${ledgerName}/${journalFile()}`);
  });

  // Of a block: what a hash of its own covers. What none covers is told apart by the manifest, the order of blocks and the strand.
  test.each([
    ["a record", /record:"\{\\"actor/, 'record:"{\\"aktor'],
    ["a record's place", /index:(\d+)/, "index:9$1"],
    ["a record's leaf hash", /leafHash:"./, 'leafHash:"_'],
    ["an event id", /eventId:"./, 'eventId:"_'],
    ["the id of a document", /metadata:\{id:"./, 'metadata:{id:"_'],
    ["a document's version", /version:0/, "version:1"],
    ["a document's time", /txTime:20/, "txTime:21"],
    ["the transaction of a document", /txId:"./, 'txId:"_'],
    ["a revision's hash", /hash:\{\{./, "hash:{{_".replace("_", "/")],
    ["a statement", /INSERT INTO/, "INSERT  INTO"],
    ["a statement's time", /startTime:20/, "startTime:21"],
    ["a statement's digest", /statementDigest:\{\{./, "statementDigest:{{/"],
    ["the table of a document", /tableName:"log_first/, 'tableName:"log_forst'],
    ["a table's id", /tableId:"./, 'tableId:"_'],
    ["an entry", /entriesHashList:\[\{\{./, "entriesHashList:[{{/"],
    ["the hash of the entries", /entriesHash:\{\{./, "entriesHash:{{/"],
    ["the block's hash", /blockHash:\{\{./, "blockHash:{{/"],
    ["the hash of the block before", /previousBlockHash:\{\{./, "previousBlockHash:{{/"],
    ["its number", /sequenceNo:(\d+)/, "sequenceNo:9$1"],
    ["its strand", /strandId:"./, 'strandId:"_'],
  ])("names the block where %s was changed, with the manifest made to fit", async (_, from, to) => {
    const edit = (lines: string[]): string[] => {
      // A hash may begin with what it is given: then another block's is changed.
      const at = lines.findLastIndex(
        (line) => line.includes("revisions:") && line.replace(from, to) !== line,
      );
      return lines.with(at, lines[at]!.replace(from, to));
    };
    const found = await named(changed(blocks(edit), true));
    expect(found.some((line) => line.startsWith("file-changed"))).toBe(false);
    expect(found.filter((line) => line.endsWith(journalFile())).length).toBeGreaterThan(0);
  });

  test.each([
    ["removed from the middle", (lines: string[]) => lines.toSpliced(4, 1)],
    ["removed at the end", (lines: string[]) => lines.slice(0, -1)],
    ["repeated", (lines: string[]) => lines.toSpliced(4, 0, lines[4]!)],
    ["put in another order", (lines: string[]) => lines.with(4, lines[5]!).with(5, lines[4]!)],
    [
      "robbed of its documents",
      (lines: string[]) => {
        const at = withRecords(lines);
        return lines.with(at, lines[at]!.replace(/,revisions:\[.*\]\}$/, "}"));
      },
    ],
    [
      "robbed of what its transaction was",
      (lines: string[]) => {
        const at = withRecords(lines);
        return lines.with(
          at,
          lines[at]!.replace(/,transactionInfo:\{.*\},revisions/, ",revisions"),
        );
      },
    ],
    [
      "robbed of both",
      (lines: string[]) => {
        const at = withRecords(lines);
        return lines.with(at, lines[at]!.replace(/,transactionInfo:\{.*\},revisions:.*$/, "}"));
      },
    ],
  ])("finds a block that was %s", async (_, edit) => {
    const found = await named(changed(blocks(edit), true));
    expect(found.filter((line) => /^(block|journal|note)-/.test(line)).length).toBeGreaterThan(0);
  });

  test("names a note, an opening and a pack that were changed", async () => {
    const [note = ""] = readdirSync(join(bundle(), ledgerName, "public", "checkpoints"));
    const [pack = ""] = readdirSync(join(bundle(), "first-mutual", "public", "packs"));
    for (const [file, code] of [
      [`${ledgerName}/public/checkpoints/${note}`, "note-"],
      [`first-mutual/public/packs/${pack}`, "pack-differs"],
      ["first-mutual/openings/000000.jsonl", "opening-"],
    ] as const) {
      const flip = (at: string): void => {
        const bytes = readFileSync(join(at, file));
        bytes[bytes.length - 10] = (bytes[bytes.length - 10] ?? 0) ^ 1;
        writeFileSync(join(at, file), bytes);
      };
      const found = await named(changed(flip, true));
      expect({ file, found: found.some((line) => line.startsWith(code)) }).toEqual({
        file,
        found: true,
      });
    }
  });

  test("blocks are those the service gave, each a line of Ion", () => {
    const lines = readFileSync(join(bundle(), ledgerName, journalFile()), "utf8")
      .trimEnd()
      .split("\n");
    expect(lines.map((line) => parseBlock(line).blockAddress.sequenceNo)).toEqual(
      lines.map((_, i) => i),
    );
    expect(fromUtf8(readFileSync(join(bundle(), "manifest")))).toContain(journalFile());
  });
});
