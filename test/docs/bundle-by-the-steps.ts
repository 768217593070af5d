import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { canonical, checkpointByTheSteps, demand, sha256 } from "./by-the-steps.ts";

/** A record as the page says it is; anything else its JSON may be is seen by the step that reads it. */
interface Leaf {
  readonly origin: string;
  readonly type: string;
  readonly stream: string;
  readonly version: number;
  readonly prev: string | null;
  readonly sealed?: { readonly size: number; readonly root: string };
  readonly public?: Readonly<Record<string, string>>;
}

const members = ["actor", "origin", "prev", "stream", "time", "type", "v", "version"].join();
const hash = (bytes: Buffer): string => sha256(bytes).toString("hex");
const leafOf = (bytes: Buffer): Buffer => sha256(Buffer.of(0), bytes);
const lines = (text: string): string[] => {
  demand(1, text.endsWith("\n"));
  return text.slice(0, -1).split("\n");
};

/**
 * The bundle in `folder`, of one log of fewer than 256 entries without witnesses, verified as docs/spec/audit-bundle.md says, steps 1 to 8, by
 * somebody who has the pages and a standard library: nothing of shared/ is used. Throws at the step that fails.
 */
export function verifyBundleByTheSteps(folder: string, policy: string, require: string) {
  const files = filesByTheManifest(folder);
  // 2: the log
  const insurers = new Set([...files.keys()].map((path) => path.split("/")[0] ?? ""));
  const [insurer = ""] = insurers;
  const key = /^log (\S+?)\+/m.exec(policy)?.[1] ?? "";
  demand(2, insurers.size === 1 && key.split("/").at(-1) === insurer);
  const file = (path: string): Buffer => {
    const bytes = files.get(`${insurer}/${path}`);
    demand(2, bytes !== undefined);
    return bytes;
  };
  // 3: the notes
  const notes = [...files].flatMap(([path, bytes]) => {
    const size = /^[^/]+\/public\/checkpoints\/([1-9]\d*)$/.exec(path)?.[1];
    if (size === undefined) return [];
    const note = noteByTheSteps(bytes.toString("utf8"), policy, require);
    demand(3, note.origin === key && note.size === BigInt(size));
    return [{ ...note, bytes }];
  });
  const newest = notes.reduce((a, b) => (a.size > b.size ? a : b));
  demand(3, newest.bytes.equals(file("public/checkpoint")));
  // 4: the entries
  const size = Number(newest.size);
  demand(4, size < 256);
  const entries = entriesIn(file(`public/tile/entries/000.p/${size}`), size);
  const leaves = entries.map(leafOf);
  for (const note of notes) {
    demand(4, rootOf(leaves.slice(0, Number(note.size))).toString("base64") === note.root);
  }
  // 5: the tiles
  demand(5, file(`public/tile/0/000.p/${size}`).equals(Buffer.concat(leaves)));
  demand(5, [...files.keys()].filter((path) => path.includes("/public/tile/")).length === 2);
  // 6: the records
  const records = recordsIn(entries, leaves, key);
  // 7: the packs
  packsByTheRecords(files, records);
  // 8: the openings
  const text = files.get(`${insurer}/openings/000000.jsonl`)?.toString("utf8") ?? "\n";
  const fields = openedIn(lines(text), records);
  return { size, root: rootOf(leaves).toString("hex"), records: records.length, fields };
}

/** Steps 3 to 5 of receipt.md are step 3 here. */
function noteByTheSteps(note: string, policy: string, require: string) {
  try {
    return checkpointByTheSteps(note, policy, require);
  } catch (cause) {
    throw new Error("step 3", { cause });
  }
}

/** Step 1: every file the manifest lists, by path. */
function filesByTheManifest(folder: string): Map<string, Buffer> {
  const [first, ...rest] = lines(readFileSync(join(folder, "manifest"), "utf8"));
  demand(1, first === "countersign-bundle/v1");
  const files = new Map<string, Buffer>();
  let before = "";
  for (const line of rest) {
    const [, sum, length, path = ""] = /^([0-9a-f]{64}) (\d+) (\S+)$/.exec(line) ?? [];
    demand(
      1,
      path > before && path.split("/").every((part) => /^[A-Za-z0-9-][A-Za-z0-9._-]*$/.test(part)),
    );
    const bytes = readFileSync(join(folder, path));
    demand(1, hash(bytes) === sum && String(bytes.length) === length);
    files.set(path, bytes);
    before = path;
  }
  const there = readdirSync(folder, { recursive: true, withFileTypes: true });
  demand(
    1,
    there.every((entry) => entry.isFile() || entry.isDirectory()),
  );
  demand(1, there.filter((entry) => entry.isFile()).length === files.size + 1);
  return files;
}

function entriesIn(bundle: Buffer, count: number): Buffer[] {
  const entries: Buffer[] = [];
  let at = 0;
  while (entries.length < count) {
    demand(4, at + 2 <= bundle.length);
    const end = at + 2 + bundle.readUInt16BE(at);
    demand(4, end <= bundle.length);
    entries.push(bundle.subarray(at + 2, end));
    at = end;
  }
  demand(4, at === bundle.length);
  return entries;
}

/** RFC 6962 §2.1, read literally. */
function rootOf(leaves: readonly Buffer[]): Buffer {
  if (leaves.length < 2) return leaves[0] ?? sha256();
  let half = 1;
  while (half * 2 < leaves.length) half *= 2;
  return sha256(Buffer.of(1), rootOf(leaves.slice(0, half)), rootOf(leaves.slice(half)));
}

function recordsIn(entries: readonly Buffer[], leaves: readonly Buffer[], origin: string): Leaf[] {
  const newest = new Map<string, { version: number; leaf: string }>();
  return entries.map((entry, index) => {
    const record = JSON.parse(entry.toString("utf8")) as Leaf;
    demand(6, canonical(record) === entry.toString("utf8") && record.origin === origin);
    const { sealed, public: open, ...head } = record;
    demand(6, Object.keys(head).sort().join() === members && !sealed === !!open);
    demand(6, (index === 0) === (record.type === "log.genesis"));
    const before = newest.get(record.stream);
    demand(
      6,
      record.version === (before?.version ?? 0) + 1 && record.prev === (before?.leaf ?? null),
    );
    newest.set(record.stream, {
      version: record.version,
      leaf: leaves[index]?.toString("hex") ?? "",
    });
    return record;
  });
}

function packsByTheRecords(files: ReadonlyMap<string, Buffer>, records: readonly Leaf[]): void {
  const packs = new Map<string, { id: string; version: number }>();
  for (const [path, bytes] of files) {
    const name = /\/public\/packs\/([0-9a-f]{64})\.json$/.exec(path)?.[1];
    if (name === undefined) continue;
    const pack = JSON.parse(bytes.toString("utf8"));
    demand(7, hash(bytes) === name && canonical(pack) === bytes.toString("utf8"));
    packs.set(name, pack);
  }
  for (const { type, version, public: open } of records) {
    if (type !== "pack.published") continue;
    demand(7, open?.version === String(version));
    const pack = packs.get(open?.hash ?? "");
    demand(7, pack?.id === open?.pack && String(pack?.version) === open?.version);
  }
}

/** Step 8: how many fields the openings show. */
function openedIn(text: readonly string[], records: readonly Leaf[]): number {
  const open = new Set<number>();
  let fields = 0;
  for (const line of text) {
    const { index, leaves, openings } = JSON.parse(line);
    demand(8, canonical({ index, leaves, openings }) === line && !open.has(Number(index)));
    open.add(Number(index));
    const rest = openings.map((opening: unknown) => leafOf(Buffer.from(canonical(opening))));
    const all = leaves.map((leaf: string | null) =>
      leaf === null ? rest.shift() : Buffer.from(leaf, "hex"),
    );
    const sealed = records[Number(index)]?.sealed;
    demand(8, rest.length === 0 && all.length === sealed?.size);
    demand(8, rootOf(all).toString("hex") === sealed?.root);
    const paths = openings.map(([, path]: [string, string]) => path);
    demand(8, new Set(paths).size === paths.length);
    fields += paths.length;
  }
  demand(
    8,
    records.every(({ sealed }, index) => !sealed === !open.has(index)),
  );
  return fields;
}
