import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { toBase64 } from "../../shared/base/bytes.ts";
import { parseBlock } from "../../shared/qldb/block.ts";
import { merklePath, merkleRoot } from "../../shared/qldb/merkle.ts";
import { formatProof } from "../../shared/qldb/proof.ts";
import { projectFolder } from "../cli/door.ts";
import { temporaryFolder } from "../cluster/temporary.ts";
import { audit, digestFile, writeExport } from "./exported.ts";
import { sampleJournal } from "./sample-journal.ts";

/** What follows is about the platform, and executed in test/import. */
const [page = ""] = readFileSync(join(projectFolder, "docs", "qldb.md"), "utf8").split(
  "## A continued ledger",
);
const fenced = (language: string) =>
  Array.from(
    page.matchAll(new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\`\`\``, "g")),
    ([, text = ""]) => text,
  );

test("every command of docs/qldb.md runs, and prints what the page shows", async () => {
  const folder = temporaryFolder("qldb-guide");
  const journal = [...sampleJournal(10)];
  const blocks = journal.map((text) => parseBlock(text));
  const hashes = blocks.map(({ blockHash }) => blockHash);
  writeExport(join(folder, "archive"), journal, "ION_TEXT");
  writeFileSync(join(folder, "digest.ion.txt"), digestFile(merkleRoot(hashes), 9));
  const { entriesHashList, previousBlockHash } = blocks[4]!;
  const revision = /revisions:\[(.*)\]\}$/.exec(journal[4]!)?.[1];
  const proof = [...merklePath(entriesHashList, 1), previousBlockHash, ...merklePath(hashes, 4)];
  const answer = { Revision: { IonText: revision }, Proof: { IonText: formatProof(proof) } };
  writeFileSync(join(folder, "revision.json"), JSON.stringify(answer));

  const commands = fenced("sh").flatMap((text) => text.trim().split("\n"));
  expect(commands).toHaveLength(2);
  const printed: string[] = [];
  for (const command of commands) {
    const [, args = ""] = /^npm run audit -- (.+)$/.exec(command) ?? [];
    const files = new Set(["archive", "digest.ion.txt", "revision.json"]);
    const { code, out, err } = await audit(
      args.split(" ").map((word) => (files.has(word) ? join(folder, word) : word)),
    );
    expect({ command, code, err }).toEqual({ command, code: 0, err: "" });
    printed.push(out);
  }
  expect(printed[0]).toBe(fenced("text")[0]);
  expect(printed[0]).toContain(toBase64(merkleRoot(hashes)));
  expect(printed[1]).toContain("✓ version 0 of document");

  const other = join(folder, "other.ion.txt");
  writeFileSync(other, digestFile(merkleRoot(hashes.slice(1)), 9));
  const refused = await audit(["qldb-receipt", join(folder, "revision.json"), "--digest", other]);
  expect(refused.code).toBe(1);
  expect(refused.out).toMatch(/^✗ not shown: version 0 of document/);
});
