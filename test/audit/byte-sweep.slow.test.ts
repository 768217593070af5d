import { once } from "node:events";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { dirname, join } from "node:path";
import { Worker } from "node:worker_threads";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { closeBundle } from "../../local/bundle/folder.ts";
import { openBundle } from "../../local/bundle/open.ts";
import { verifyTiles } from "../../shared/audit/verify-tiles.ts";
import { parseBundle } from "../../shared/log/bundle.ts";
import { leafHash } from "../../shared/log/hash.ts";
import { treeOf } from "../../shared/log/tree.ts";
import { temporaryFolder } from "../cluster/temporary.ts";
import { tableIn } from "../docs/pages.ts";
import { type Files, sourceOf } from "./bundle.ts";
import { fieldOf } from "./note-fields.ts";
import type { SentBundle, SweepAnswer, SweepTask } from "./sweep-worker.ts";
import { type Swept, sweptBundles, wholeBundle, wideBundle } from "./swept-bundles.ts";

/*
 * One bit of every byte of every file of a small bundle is another: does an audit find it without the manifest, which whoever holds the folder
 * can make fit, or does only the manifest? The second is a closed list, by field, in docs/spec/audit-bundle.md.
 */
let bundles: ReadonlyMap<string, Swept>;
beforeAll(async () => {
  bundles = await sweptBundles();
});

const placesATask = 100;

function* tasks(): Generator<SweepTask> {
  for (const [bundle, { files, sweep }] of bundles) {
    for (const [file, bytes] of files) {
      for (let from = 0; sweep(file) && from < bytes.length; from += placesATask) {
        const length = Math.min(placesATask, bytes.length - from);
        yield { bundle, file, places: Array.from({ length }, (_, i) => from + i) };
      }
    }
  }
}

/** Answers to all of `asked`, by workers that each run one at a time. */
async function swept(asked: Iterator<SweepTask>): Promise<(SweepTask & SweepAnswer)[]> {
  const workerData = new Map<string, SentBundle>(
    [...bundles].map(([name, { sweep: _, ...sent }]) => [name, sent]),
  );
  const answers: (SweepTask & SweepAnswer)[] = [];
  const count = Math.min(4, availableParallelism());
  await Promise.all(
    Array.from({ length: count }, async () => {
      const worker = new Worker(new URL("./sweep-worker.ts", import.meta.url), { workerData });
      for (let next = asked.next(); !next.done; next = asked.next()) {
        worker.postMessage(next.value);
        const [answer] = (await once(worker, "message")) as [SweepAnswer];
        answers.push({ ...next.value, ...answer });
      }
      await worker.terminate();
    }),
  );
  return answers;
}

/** What only the manifest holds, and why, as the page has it. */
const printed = () =>
  tableIn("spec/audit-bundle.md", "held by the manifest only").map(
    ([file, field]) => `${file}: ${field}`,
  );
const named = (file: string): string =>
  file.replace(/^public\/(checkpoints)\/\d+$/, "`$1/<size>`, not the newest");

describe("one flipped bit of a bundle", () => {
  const unseen = new Map<string, number[]>();
  const folder = temporaryFolder("sweep");
  afterAll(() => rmSync(folder, { recursive: true }));

  test("in any byte of any file is found without the manifest, but for the fields that the page lists", async () => {
    const answers = await swept(tasks());
    const bytes = answers.reduce((sum, { places }) => sum + places.length, 0);
    expect(bytes).toBeGreaterThan(25_000);
    for (const { file, unseen: places } of answers) {
      if (places.length > 0) unseen.set(file, [...(unseen.get(file) ?? []), ...places]);
    }
    const files = await wholeBundle();
    const fields = [...unseen].flatMap(([file, places]) =>
      places.map((at) => `${named(file)}: ${fieldOf(files.get(file) ?? new Uint8Array(), at)}`),
    );
    expect(["`manifest`: all", ...new Set(fields)].sort()).toEqual(printed().sort());
  }, 600_000);

  test("in any byte of a full tile, a partial one and one of level 1 is found without the manifest", async () => {
    const files = wideBundle();
    const entries = ["000", "001.p/2"].flatMap((name, at) =>
      parseBundle(files.get(`public/tile/entries/${name}`) ?? new Uint8Array(), at ? 2 : 256),
    );
    const tree = treeOf(entries.map(leafHash));
    const found = async (some: Files) => (await verifyTiles(sourceOf(some), "acme", tree)).length;
    expect(await found(files)).toBe(0);
    const tiles = [...files].filter(([file]) => /^public\/tile\/\d/.test(file));
    expect(tiles.map(([, bytes]) => bytes.length)).toEqual([8192, 64, 32]);
    for (const [file, bytes] of tiles) {
      for (let at = 0; at < bytes.length; at++) {
        const changed = bytes.with(at, (bytes[at] ?? 0) ^ (1 << (at % 8)));
        expect(await found(new Map(files).set(file, changed))).toBe(1);
      }
    }
  });

  test("that only the manifest holds is found by it, and so is one of its own", async () => {
    for (const [file, bytes] of await wholeBundle()) {
      mkdirSync(dirname(join(folder, "acme", file)), { recursive: true });
      writeFileSync(join(folder, "acme", file), bytes);
    }
    closeBundle(folder);
    const found = () => openBundle(folder).findings.map(({ code, file }) => `${code} ${file}`);
    expect(found()).toEqual([]);
    const manifest = readFileSync(join(folder, "manifest"));
    const places = new Map([...unseen].map(([file, some]) => [`acme/${file}`, some]));
    places.set(
      "manifest",
      Array.from(manifest, (_, at) => at),
    );
    for (const [file, some] of places) {
      const bytes = new Uint8Array(readFileSync(join(folder, file)));
      for (const at of some) {
        writeFileSync(join(folder, file), bytes.with(at, (bytes[at] ?? 0) ^ 1));
        if (file === "manifest") expect(found().length).toBeGreaterThan(0);
        else expect(found()).toContain(`file-changed ${file}`);
      }
      writeFileSync(join(folder, file), bytes);
    }
  });
});
