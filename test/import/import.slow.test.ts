import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { openPool } from "../../functions/adapters/postgres/pool.ts";
import { rebuildStore } from "../../functions/adapters/postgres/rebuild.ts";
import { openRecord } from "../../functions/command/openings.ts";
import { approve, request } from "../../functions/eraser/requests.ts";
import { handlesOf, importRevisions } from "../../functions/operator/import-journal.ts";
import { rebuildLog } from "../../functions/rebuild/core.ts";
import { openExport } from "../../local/audit/qldb-export.ts";
import { exportHere, policyFolder, writeBundle, writePolicies } from "../../local/demo/bundle.ts";
import { revisionsOf } from "../../local/import/block-revisions.ts";
import { recordExport } from "../../local/import/record.ts";
import { surveyExport } from "../../local/import/survey.ts";
import { qldbVerb } from "../../local/import/verbs/qldb.ts";
import { qldbDocumentVerb } from "../../local/import/verbs/qldb-document.ts";
import { startLedger } from "../../local/platform/ledger.ts";
import { logKeys, openLog } from "../../local/platform/open-log.ts";
import { type Services, startServices } from "../../local/platform/services.ts";
import { originPrefix } from "../../local/platform/start.ts";
import { mainDatabase } from "../../local/postgres/where.ts";
import { fromUtf8, toBase64 } from "../../shared/base/bytes.ts";
import { unwitnessed } from "../../shared/log/policy.ts";
import { parseBlock } from "../../shared/qldb/block.ts";
import { merklePath } from "../../shared/qldb/merkle.ts";
import { parseRecord } from "../../shared/record/record.ts";
import { ask, askIn, runVerb } from "../auditor/folder.ts";
import { openFolder, projectFolder } from "../cli/door.ts";
import { silentTerminal } from "../cli/silent.ts";
import { type FreshDatabase, freshDatabase } from "../cluster/database.ts";
import { temporaryFolder } from "../cluster/temporary.ts";
import { eraseNow, someOperator } from "../eraser/ends.ts";
import { digestFile, writeExport } from "../qldb/exported.ts";
import { sampleJournal, sampleStrand } from "../qldb/sample-journal.ts";
import { digestOf, documentOf, everyKind, journalOf, type Written } from "./journal.ts";

const classes = ["identity-and-health"] as const;
const blocks = [...journalOf(everyKind)];
const longer = [...journalOf([...everyKind, [{ document: documentOf(5), version: 0 }]])];
let folder: string;
let database: FreshDatabase;
let services: Services;

beforeAll(async () => {
  folder = openFolder("import");
  database = await freshDatabase();
  const place = { folder, database: mainDatabase, databaseUrl: database.superuserUrl };
  const how = { originPrefix, durablePublished: true, log: () => undefined };
  services = await startServices({ ...place, ...how });
  const plain = { kind: "insurer", simulation: false, currency: "USD", bands: [] } as const;
  for (const insurer of ["acme", "beta", "gamma", "guide", "omega", "twin"]) {
    await openLog(services, { insurer, ...plain, packs: [] });
  }
});
afterAll(async () => {
  await services?.stop();
  await database?.drop();
  rmSync(folder, { recursive: true, force: true });
});

/** A folder with an export of `some` blocks, and a file with the digest at their end. */
function archived(
  some: readonly string[],
  format: "ION_TEXT" | "ION_BINARY" | "JSON" = "ION_TEXT",
) {
  const archive = temporaryFolder("archive");
  const saved = join(temporaryFolder("digest"), "digest.ion.txt");
  const keys = writeExport(archive, some, format);
  writeFileSync(saved, digestFile(digestOf(some), some.length - 1));
  return { archive, saved, files: keys.map((key) => join(archive, key)) };
}

const importing = (insurer: string, ...args: readonly string[]) =>
  run([...args, "--insurer", insurer, "--data", folder, "--json"]);

const run = (args: readonly string[], databaseUrl = database.superuserUrl) =>
  runVerb([qldbVerb], { DATABASE_URL: databaseUrl }, ["qldb", ...args]);

async function placed(insurer: string): Promise<void> {
  const ledger = startLedger(
    services,
    async () => [insurer],
    () => undefined,
  );
  await ledger.drain([insurer], () => undefined);
  await ledger.stop();
}

async function audited(insurer: string) {
  await placed(insurer);
  const out = join(folder, `bundle-${insurer}`);
  await writeBundle(exportHere(services, services.pools.auditor), [insurer], out, () => undefined);
  await writePolicies(services, [insurer], policyFolder(out));
  return (await ask("verify", out, "--policy", policyFolder(out), "--json")).json;
}

/** Every record of an insurer's log, placed or waiting: its type, and its bytes as text. */
async function recordsOf(insurer: string) {
  const { rows } = await services.pools.app.query<{ record: Uint8Array }>(
    `SELECT record, idx AS at FROM entry WHERE insurer = $1
     UNION ALL SELECT record, NULL FROM outbox WHERE insurer = $1`,
    [insurer],
  );
  return rows.map(({ record }) => ({
    type: parseRecord(record).type,
    text: fromUtf8(record, "record"),
  }));
}
const count = async (insurer: string, type: string): Promise<number> =>
  (await recordsOf(insurer)).filter((record) => record.type === type).length;

describe("an export that is not imported", () => {
  const nothing = async (insurer: string, args: readonly string[], why: RegExp) => {
    const done = await importing(insurer, ...args);
    expect([done.code, done.err]).toEqual([1, ""]);
    expect(done.json).toMatchObject({ ok: false, recorded: 0 });
    expect(done.out).toMatch(why);
    expect(await count("beta", "document.imported")).toBe(0);
  };

  test("is one with an altered block, named by its number", async () => {
    const altered = blocks.map((block) => block.replace("90.25,", "90.26,"));
    await nothing("beta", [archived(altered).archive], /"fault":"revision-hash","sequenceNo":1/);
  });

  test("is one with another digest, without its beginning, or in JSON", async () => {
    const { archive, saved } = archived(blocks);
    await nothing("beta", [archive, "--digest", archived(longer).saved], /digest-not-covered/);
    await nothing("beta", [archived(blocks.slice(1)).archive], /blocks 0 to 0 are not here/);
    await nothing("beta", [archived(blocks, "JSON").archive, "--digest", saved], /JSON export/);
  });

  test("is one with a document that no record holds, or a version that comes twice, named", async () => {
    const large: Written = {
      document: documentOf(6),
      version: 0,
      data: `"${"x".repeat(530_000)}"`,
    };
    await nothing(
      "beta",
      [archived([...journalOf([...everyKind, [large]])]).archive],
      /version 0 of document Car0000000000000000006 in block 6: its data has 530,002 characters/,
    );
    const again = [...journalOf([...everyKind, [{ document: documentOf(1), version: 2 }]])];
    await nothing("beta", [archived(again).archive], /version 2 of document .* no later version/);
  });

  test("a question that can't be asked is exit code 2", async () => {
    const { archive } = archived(blocks);
    const asked = [
      [[archive], "--insurer"],
      [[archive, "--insurer", "delta", "--data", folder], "there is no insurer delta"],
      [[join(folder, "kms"), "--insurer", "beta", "--data", folder], "no data object"],
      [[archive, "--insurer", "beta", "--data", archive], "holds no platform's data"],
    ] as const;
    for (const [args, why] of asked) {
      const { code, err } = await run(args);
      expect([code, err]).toEqual([2, expect.stringContaining(why)]);
    }
  });
});

describe("an export that is imported", () => {
  test("enters the log with hash and proof, once however often, and an audit proves each revision", async () => {
    const { archive, saved } = archived(blocks, "ION_BINARY");
    const done = await importing("acme", archive, "--digest", saved);
    expect([done.code, done.err]).toEqual([0, ""]);
    const digest = toBase64(digestOf(blocks));
    const whole = { ok: true, documents: 4, revisions: 7, erased: 0, digest, anchoredTo: 5 };
    expect(done.json).toMatchObject({ ...whole, recorded: 7, already: 0, reasons: [] });
    const again = await importing("acme", archive, "--digest", saved);
    expect([again.code, again.json]).toEqual([0, { ...done.json, recorded: 0, already: 7 }]);
    expect(await count("acme", "document.imported")).toBe(7);
    const told = (await recordsOf("acme")).filter(({ type }) => type === "journal.imported");
    expect(told.map(({ text }) => JSON.parse(text).public)).toEqual([
      {
        strandId: sampleStrand,
        blocks: "6",
        digest,
        saved: [{ block: "5", digest }],
        documents: "4",
        revisions: "7",
        redacted: "1",
        deletions: "1",
        hashOnly: "1",
        erased: "0",
      },
    ]);
    expect(await audited("acme")).toMatchObject({
      ok: true,
      findings: [],
      imports: { revisions: 7, proven: 7, unread: 0 },
    });
    const after = await importing("acme", archived(longer).archive);
    expect([after.code, String(after.json.reasons)]).toEqual([
      1,
      expect.stringContaining("was imported to its end already: 6 blocks"),
    ]);
  }, 120_000);

  test("shows nothing of a document in the log: no id, no value, no hash of either", async () => {
    const leaves = (await recordsOf("acme"))
      .filter(({ type }) => type === "document.imported")
      .map(({ text }) => text)
      .join();
    const [revision] = revisionsOf(parseBlock(blocks[1] ?? ""));
    for (const said of ["Mary", "Shaw", documentOf(1), revision?.hash ?? ""]) {
      expect([said, leaves.includes(said)]).toEqual([said, false]);
    }
  });

  test("can be rebuilt from what is published and sealed, and is then there as before", async () => {
    const empty = await freshDatabase();
    const owner = openPool({ url: empty.superuserUrl, max: 2 });
    try {
      const policy = unwitnessed(await logKeys(services, "acme"));
      const requirements = [{ size: 1n, signatures: "ed25519+mldsa44" } as const];
      const { published, sealed, signed, ports } = services;
      const trust = async () => ({ policy, requirements });
      const store = rebuildStore(owner, ports.clock);
      const from = { ...ports, published, sealed, signed, store, trust };
      expect(await rebuildLog(from, "acme", () => undefined)).toEqual({ size: 9n });
      const columns = "stream, version, encode(leaf_hash, 'hex') AS leaf, status, person";
      const rows = `SELECT ${columns} FROM document WHERE insurer = 'acme' ORDER BY stream`;
      const before = await services.pools.app.query<object>(rows);
      expect(before.rows).toHaveLength(4);
      expect((await owner.query<object>(rows)).rows).toEqual(before.rows);
      const args = [archived(blocks).archive, "--insurer", "acme", "--data", folder, "--json"];
      expect((await run(args, empty.superuserUrl)).json).toMatchObject({ recorded: 0, already: 7 });
    } finally {
      await owner.end();
      await empty.drop();
    }
  }, 120_000);

  test("a document of it can be erased by itself: keys, ciphertexts and state go, the others prove", async () => {
    const { ports } = services;
    const told = async (...args: readonly string[]) => {
      const asked = [...args, "--insurer", "acme", "--data", folder, "--json"];
      const { code, json } = await runVerb(
        [qldbDocumentVerb],
        { DATABASE_URL: database.superuserUrl },
        ["qldb-document", ...asked],
      );
      return { code, documents: json.documents as { stream: string; person: string }[] };
    };
    const { documents } = await told(documentOf(1));
    const [{ stream, person: subject } = { stream: "", person: "" }] = documents;
    expect(documents).toEqual([
      { strandId: sampleStrand, stream, person: subject, revisions: 3, erased: false },
    ]);
    expect(await told(documentOf(9))).toEqual({ code: 1, documents: [] });
    expect(await told(documentOf(1), "--strand", "Other00000000000000000")).toMatchObject({
      code: 1,
    });
    expect(await eraseNow(ports, services.eraser, "acme", subject, classes)).toBe(1);
    for (const stored of await ports.store.records("acme", stream)) {
      expect(await openRecord(ports, "acme", stored)).toEqual([]);
    }
    const [row] = await ports.store.transaction("acme", (on) => on.streams("document", [stream]));
    expect(row).toMatchObject({ status: "erased", state: "" });
    expect(await audited("acme")).toMatchObject({
      ok: true,
      findings: [],
      imports: { revisions: 7, proven: 4, unread: 3 },
    });
    expect((await told(documentOf(1))).documents).toMatchObject([{ stream, erased: true }]);
    const again = await importing("acme", archived(blocks).archive);
    expect([again.code, again.json.recorded]).toEqual([0, 0]);
    expect(await count("acme", "document.imported")).toBe(7);
  }, 120_000);
});

test("an import that broke off goes on where it was, passes over what was erased meanwhile, and takes no other export", async () => {
  const { ports } = services;
  const handles = await handlesOf(ports, "gamma");
  const parsed = blocks.map((block) => parseBlock(block));
  const hashes = parsed.map(({ blockHash }) => blockHash);
  const digest = toBase64(digestOf(blocks));
  const some = parsed.slice(0, 3).flatMap((block) => {
    const path = merklePath(hashes, block.blockAddress.sequenceNo).map(toBase64);
    return revisionsOf(block).map(({ proof, ...rest }) => ({
      version: 1n,
      revision: { ...rest, proof: [...proof, ...path], digest },
    }));
  });
  expect(await importRevisions(ports, "gamma", handles, some)).toMatchObject({ recorded: 4 });
  const other = await importing("gamma", archived(longer).archive);
  expect([other.code, String(other.json.reasons)]).toEqual([
    1,
    expect.stringContaining("Another export of this journal was begun"),
  ]);
  const { subject } = handles(sampleStrand, documentOf(2));
  await eraseNow(ports, services.eraser, "gamma", subject, classes);
  const done = await importing("gamma", archived(blocks).archive);
  expect([done.code, done.json]).toEqual([
    0,
    expect.objectContaining({ recorded: 2, already: 3, erased: 2 }),
  ]);
  expect(await count("gamma", "document.imported")).toBe(6);
  expect(await count("gamma", "journal.imported")).toBe(1);
  expect(await audited("gamma")).toMatchObject({
    ok: true,
    findings: [],
    imports: { revisions: 6, proven: 5, unread: 1 },
  });
}, 120_000);

test("two imports of one export at once each do their part, and both say that it is whole", async () => {
  const { archive } = archived(blocks);
  const both = await Promise.all([importing("twin", archive), importing("twin", archive)]);
  expect(both.map(({ code, err }) => [code, err])).toEqual([
    [0, ""],
    [0, ""],
  ]);
  const recorded = both.map(({ json }) => Number(json.recorded));
  expect(recorded.reduce((sum, each) => sum + each)).toBe(7);
  expect(await count("twin", "document.imported")).toBe(7);
  expect(await count("twin", "journal.imported")).toBe(1);
}, 120_000);

test("an export that is another by the time it is recorded, if only in what no hash covers or at its end, is told, and the journal is not called whole", async () => {
  const { archive, files } = archived(blocks);
  const terminal = silentTerminal();
  const exported = openExport(archive);
  const survey = surveyExport(terminal, exported, []);
  const task = { ports: services.ports, insurer: "omega", exported, saved: [], survey };
  const [path = ""] = files;
  const text = readFileSync(path, "utf8");
  const [, ...later] = text.split("\n").toReversed();
  const last = later.find((line) => line.startsWith("{")) ?? "";
  for (const other of [
    text.replace(/blockTimestamp:20/, "blockTimestamp:21"),
    text.replace(last, ""),
  ]) {
    expect(other).not.toBe(text);
    writeFileSync(path, other);
    await expect(recordExport(terminal, task)).rejects.toThrow("was changed while it was imported");
  }
  expect(await count("omega", "journal.imported")).toBe(0);
}, 120_000);

test("nothing is recorded of a document whose erasure was approved, nor a key made for it", async () => {
  const { ports } = services;
  const { subject } = (await handlesOf(ports, "beta"))(sampleStrand, documentOf(1));
  await request(ports, someOperator(ports, "beta"), subject, classes, ports.clock());
  await approve(ports, someOperator(ports, "beta"), subject, ports.clock());
  const done = await importing("beta", archived(blocks).archive);
  expect([done.code, done.json]).toEqual([0, expect.objectContaining({ recorded: 4, erased: 3 })]);
  expect(
    await services.ports.keys.find({ insurer: "beta", person: subject, class: classes[0] }),
  ).toBe(undefined);
  expect(await audited("beta")).toMatchObject({ ok: true, imports: { revisions: 4, proven: 4 } });
}, 120_000);

test("every command of docs/qldb.md, A continued ledger, runs, and prints what the page shows", async () => {
  const page = readFileSync(join(projectFolder, "docs", "qldb.md"), "utf8");
  const [, section = ""] = page.split("## A continued ledger");
  const fenced = (language: string) =>
    Array.from(
      section.matchAll(new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\`\`\``, "g")),
      ([, shown = ""]) => shown,
    );
  const { archive, saved } = archived([...sampleJournal(10)]);
  const here = join(folder, "auditor");
  const named: Record<string, string> = {
    archive,
    "digest.ion.txt": saved,
    acme: "guide",
    auditor: here,
    "auditor.jwk": `${here}.jwk`,
    "auditor.pub.jwk": `${here}.pub.jwk`,
    bundle: `${here}.bundle`,
    ".countersign/local/policy/acme.policy": `${here}.policy`,
  };
  const printed: string[] = [];
  for (const command of fenced("sh").flatMap((shown) => shown.trim().split("\n"))) {
    const [, door, line = ""] = /^npm run (import|audit) -- (.+)$/.exec(command) ?? [];
    const args = line.split(" ").map((word) => named[word] ?? word);
    const needsData = door === "import" || args[0] === "export";
    const all = needsData ? [...args, "--data", folder] : args;
    const said = await (door === "import"
      ? run(all.slice(1))
      : askIn({ DATABASE_URL: database.superuserUrl }, ...all));
    expect({ command, code: said.code, err: said.err }).toEqual({ command, code: 0, err: "" });
    printed.push(said.out);
    await placed("guide");
    await writePolicies(services, ["guide"], `${here}.policy`);
  }
  expect(printed).toHaveLength(4);
  expect(printed[0]).toBe(fenced("text")[0]?.replace("log of acme", "log of guide"));
  expect(printed[3]).toContain("imported revisions 9: 9 proven");
}, 120_000);
