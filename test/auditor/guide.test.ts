import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { writePolicies } from "../../local/demo/bundle.ts";
import { recordTotals } from "../../local/demo/totals.ts";
import { startLedger } from "../../local/platform/ledger.ts";
import { parseBundle } from "../../shared/log/bundle.ts";
import { leafHash } from "../../shared/log/hash.ts";
import { treeOf } from "../../shared/log/tree.ts";
import { formatReceipt } from "../../shared/proof/receipt.ts";
import { insurers, type Walked, walkSmall } from "../bundle/small.ts";
import { readPage } from "../docs/pages.ts";
import { askIn } from "./folder.ts";

/* Every command of docs/auditing.md, in its order, on a real platform's data. */
let walked: Walked;
const [insurer] = insurers;
beforeAll(async () => {
  walked = await walkSmall(4);
  await drain();
  await writePolicies(walked.services, [insurer], join(walked.folder, "trust"));
});
afterAll(() => walked.close());

async function drain(): Promise<void> {
  const ledger = startLedger(
    walked.services,
    async () => insurers,
    () => undefined,
  );
  await ledger.drain(insurers, () => undefined);
  await ledger.stop();
}

const at = (name: string): string => join(walked.folder, name);
const lines = [...readPage("auditing.md").matchAll(/```sh\n([\s\S]*?)```/g)]
  .flatMap(([, block = ""]) => block.trim().split("\n"))
  .map((line) => line.replaceAll("acme", insurer));

/** A word of a command as it is meant: the guide's file names lie in the walked folder. */
const meant = (word: string): string =>
  /^(auditor|bundle|trust|kept|claim\.|first-mutual\.)/.test(word) ? at(word) : word;

/** A receipt over the first bundle's checkpoint, as its claimant would have fetched it then. */
function keepReceipt(): void {
  const own = at(`bundle/${insurer}/public`);
  const [name = ""] = readdirSync(join(own, "tile/entries/000.p"));
  const entries = parseBundle(readFileSync(join(own, "tile/entries/000.p", name)), Number(name));
  const receipt = formatReceipt(
    { record: entries[3] ?? new Uint8Array(), openings: [] },
    {
      index: 3n,
      hashes: treeOf(entries.map((entry) => leafHash(entry))).inclusion(3n),
      checkpointNote: readFileSync(join(own, "checkpoint")),
    },
  );
  writeFileSync(at("claim.tlog-proof"), receipt);
}

test("the auditor's guide works as it is printed", async () => {
  expect(lines.length).toBeGreaterThan(7);
  const env = { DATABASE_URL: walked.databaseUrl };
  for (const line of lines) {
    if (line.startsWith("mkdir")) {
      const [from = "", to = ""] = line.split(" cp ")[1]?.split(" ") ?? [];
      mkdirSync(at("kept"), { recursive: true });
      copyFileSync(at(from), at(to));
      keepReceipt();
      await recordTotals(walked.services, insurers);
      await drain();
      continue;
    }
    expect(line).toMatch(/^npm run audit -- /);
    const words = line.slice("npm run audit -- ".length).split(" ").map(meant);
    const data = words[0] === "export" ? ["--data", walked.folder] : [];
    const { code, out, err } = await askIn(env, ...words, ...data);
    expect([line, code, err]).toEqual([line, 0, ""]);
    expect(out).not.toBe("");
  }
  expect(existsSync(at(`${insurer}.consistency`))).toBe(true);
});
