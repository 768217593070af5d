import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { verifyBundle } from "../../local/audit/verdict.ts";
import { openBundle } from "../../local/bundle/open.ts";
import { readTrusts } from "../../local/bundle/trust.ts";
import { policyFolder } from "../../local/demo/bundle.ts";
import { runDemo } from "../../local/demo/run.ts";
import { ledgerName } from "../../local/platform/qldb.ts";
import type { Finding } from "../../shared/audit/finding.ts";
import type { Trust } from "../../shared/audit/verify-notes.ts";
import { smallPortfolio } from "../bundle/small.ts";
import { openFolder } from "../cli/door.ts";
import { silentTerminal } from "../cli/silent.ts";
import { tableIn } from "../docs/pages.ts";
import { ionFields } from "../qldb/ion-fields.ts";
import { noteParts } from "../qldb/note-parts.ts";
import { type BundleFiles, filesOf, fittingBundle, flipped, spread } from "./one-bit.ts";

/*
 * One bit of the bundle that `npm run demo -- --ledger qldb` writes is another: in every file, and in every field of a block and of a signed digest.
 * The manifest names the file; where it was made to fit, which whoever holds the folder can do, the scheme names file and block, but for a closed
 * list of fields in docs/spec/audit-bundle.md.
 */
let folder: string;
let bundle: string;
let files: BundleFiles;
let trusts: ReadonlyMap<string, Trust>;
let journal: string;

beforeAll(async () => {
  folder = openFolder("qldb-bit");
  bundle = join(folder, "bundle");
  const { summary } = await runDemo(silentTerminal(), smallPortfolio(2), {
    folder: join(folder, "work"),
    // A cluster of its own: the demo's database has one name, and another test's demo may run beside it.
    databaseUrl: undefined,
    out: bundle,
    attack: false,
    ledger: "qldb",
    choice: { bank: "friendly", seed: "1" },
    startedMs: Date.now(),
  });
  expect(summary.audit).toMatchObject({ ok: true, anchored: true, holes: 0 });
  files = filesOf(bundle);
  trusts = readTrusts(policyFolder(bundle));
  journal = [...files.keys()].find((path) => path.includes("/journal/")) ?? "";
}, 300_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const bytesOf = (path: string): Uint8Array => files.get(path) ?? new Uint8Array();

/** What an audit finds in a bundle whose file `path` has one bit at `at` another, and whose manifest fits; of the ledger the one that sees the public part alone. */
async function findingsOf(path: string, at: number, bit?: number): Promise<readonly Finding[]> {
  const changed = new Map(files).set(path, flipped(bytesOf(path), at, bit));
  const bundle = fittingBundle(changed, path.startsWith(ledgerName));
  return (await verifyBundle(bundle, trusts, () => undefined)).findings;
}

/** A value of a block, of which kind of block, and where it stands in the journal. */
interface BlockField {
  readonly name: string;
  readonly block: number;
  readonly from: number;
  readonly to: number;
}

function blockFields(): BlockField[] {
  const fields: BlockField[] = [];
  let start = 0;
  for (const [block, line] of Buffer.from(bytesOf(journal))
    .toString("latin1")
    .split("\n")
    .entries()) {
    const what = line.includes(",revisions:") ? "with documents" : "without documents";
    const kind = block === 0 ? "the first" : what;
    for (const { path, from, to } of line === "" ? [] : ionFields(line)) {
      fields.push({ name: `${kind}: ${path}`, block, from: start + from, to: start + to });
    }
    start += line.length + 1;
  }
  return fields;
}

/** The fields of a block that only the manifest holds, as the page lists them. */
const listed = (): string[] =>
  tableIn("spec/audit-bundle.md", "blocks")
    .flatMap(([kinds = "", field = ""]) =>
      kinds.split(", ").map((kind) => `${kind}: ${field.replaceAll("`", "")}`),
    )
    .sort();

describe("one flipped bit", () => {
  test("of no file goes unseen by the manifest, which names the file, nor one of its own", () => {
    const copy = join(folder, "copy");
    cpSync(bundle, copy, { recursive: true });
    const found = () => openBundle(copy).findings.map(({ code, file }) => `${code} ${file}`);
    expect(found()).toEqual([]);
    for (const path of ["manifest", ...files.keys()]) {
      const bytes = new Uint8Array(readFileSync(join(copy, path)));
      for (const at of [0, ...spread(bytes, 20), bytes.length - 1]) {
        writeFileSync(join(copy, path), flipped(bytes, at));
        if (path === "manifest") expect([at, found().length]).not.toEqual([at, 0]);
        else expect(found()).toEqual([`file-changed ${path}`]);
      }
      writeFileSync(join(copy, path), bytes);
    }
  });

  test("in a field of a block names file and block without the manifest, but for the fields that the page lists", async () => {
    const unseen: string[] = [];
    // Of each kind of block the last one's.
    const fields = new Map(blockFields().map((field) => [field.name, field]));
    for (const [name, { block, from, to }] of fields) {
      // The lowest bit of a digit or letter makes another one: of a string, a hash or a time it is the last but one.
      const found = await findingsOf(journal, Math.max(from, to - 2), 0);
      if (found.length === 0) unseen.push(name);
      else {
        const at = found
          .filter(({ file }) => journal === `${ledgerName}/${file}`)
          .map(({ expected }) => /^block (\d+): /.exec(expected)?.[1]);
        expect({ name, at }).toEqual({ name, at: expect.arrayContaining([`${block}`]) });
      }
    }
    expect(fields.size).toBeGreaterThan(40);
    expect(unseen.sort()).toEqual(listed());
  });

  test("anywhere else in a block, a field's name or what stands between two, is found", async () => {
    const fields = blockFields();
    const open = listed();
    const places = spread(bytesOf(journal), 40).filter((at) => {
      if (bytesOf(journal)[at + 1] === "=".charCodeAt(0)) return false;
      // A field's name goes with its value: who reads no blockTimestamp does not miss one.
      return !open.includes(fields.find(({ to }) => at < to)?.name ?? "");
    });
    expect(places.length).toBeGreaterThan(20);
    for (const at of places)
      expect([at, (await findingsOf(journal, at)).length]).not.toEqual([at, 0]);
  });

  test("in a part of a signed digest names the note", async () => {
    const notes = [...files.keys()].filter((path) => path.includes("/checkpoint"));
    expect(notes.length).toBeGreaterThan(2);
    for (const path of notes) {
      for (const { part, at } of noteParts(bytesOf(path))) {
        const named = (await findingsOf(path, at)).map(({ file }) => `${ledgerName}/${file}`);
        expect({ path, part, named }).toEqual({
          path,
          part,
          named: expect.arrayContaining([path]),
        });
      }
    }
  });

  test("of an opening, a pack or a payment file names the file or an entry", async () => {
    const others = [...files.keys()].filter((path) => !path.startsWith(ledgerName));
    expect(others.length).toBeGreaterThan(5);
    for (const path of others) {
      for (const at of spread(bytesOf(path), 3)) {
        const found = await findingsOf(path, at);
        const named = found.some(({ file, index }) => index !== null || path.endsWith(`/${file}`));
        expect({ path, at, named }).toEqual({ path, at, named: true });
      }
    }
  });
});
