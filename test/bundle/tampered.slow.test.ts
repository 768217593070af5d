import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { verifyBundle } from "../../local/audit/verdict.ts";
import { closeBundle } from "../../local/bundle/folder.ts";
import { openBundle } from "../../local/bundle/open.ts";
import { readTrusts } from "../../local/bundle/trust.ts";
import { fromUtf8 } from "../../shared/base/bytes.ts";
import { verifierKey } from "../../shared/log/key.ts";
import { formatPolicy } from "../../shared/log/policy-file.ts";
import { exportSmall, insurers, walkSmall } from "./small.ts";

/* A real bundle of two insurers, and everything somebody could do to it after it was closed. */
const [first, second] = insurers;
let root: string;
let bundle: string;
let policies: string;
let close: () => Promise<void>;
beforeAll(async () => {
  const walked = await walkSmall(20);
  ({ bundle, policies } = await exportSmall(walked));
  root = walked.folder;
  close = walked.close;
});
afterAll(() => close());

/** A copy of the bundle after `change`; with `reclosed` its manifest is made anew, as whoever holds the folder could. */
function changed(change: (folder: string) => void, reclosed = false): string {
  const folder = join(mkdtempSync(join(root, "copy-")), "bundle");
  cpSync(bundle, folder, { recursive: true });
  change(folder);
  if (reclosed) closeBundle(folder);
  return folder;
}

async function findings(folder: string, anchored = true) {
  const trusts = anchored ? readTrusts(policies) : undefined;
  return (await verifyBundle(openBundle(folder), trusts, () => undefined)).findings;
}

/** "code file entry" of each finding. */
const named = async (folder: string, anchored = true): Promise<string[]> =>
  (await findings(folder, anchored)).map(({ code, file, index }) =>
    [code, file ?? "-", index ?? "-"].join(" "),
  );

const flip = (path: string, at: number) => (folder: string) => {
  const file = join(folder, path);
  const bytes = readFileSync(file);
  const place = at < 0 ? bytes.length + at : at;
  bytes[place] = (bytes[place] ?? 0) ^ 1;
  writeFileSync(file, bytes);
};

const entries = `${first}/public/tile/entries/000.p/`;
const openings = `${first}/openings/000000.jsonl`;
const only = (folder: string, below: string): string => {
  const found = openBundle(folder)
    .sources.flatMap(({ insurer, files }) => files().map((file) => `${insurer}/${file}`))
    .find((file) => file.startsWith(below));
  if (!found) throw new Error(`no file below ${below}`);
  return found;
};

test("as it was closed it has no finding, with and without trust policies", async () => {
  expect(await named(bundle)).toEqual([]);
  expect(await named(bundle, false)).toEqual([]);
});

describe("one flipped byte is caught and named", () => {
  test.each([
    ["an entry", () => only(bundle, entries), 40, "tile-differs"],
    ["a tile", () => only(bundle, `${first}/public/tile/0/`), 5, "tile-differs"],
    ["a historic note", () => only(bundle, `${first}/public/checkpoints/`), -10, "note-"],
    ["the newest checkpoint", () => `${first}/public/checkpoint`, -10, "note-"],
    ["a pack", () => only(bundle, `${first}/public/packs/`), 30, "pack-differs"],
    ["an opening", () => openings, 700, "opening-"],
  ])("in %s", async (_, path, at, code) => {
    const file = path();
    const tampered = await named(changed(flip(file, at)));
    expect(tampered).toContain(`file-changed ${file} -`);
    expect(tampered.filter((line) => line.startsWith(code)).length).toBeGreaterThan(0);
    const reclosed = await named(changed(flip(file, at), true));
    expect(reclosed.some((line) => line.startsWith("file-changed"))).toBe(false);
    expect(reclosed.filter((line) => line.startsWith(code)).length).toBeGreaterThan(0);
  });

  test("in an entry, with the manifest made to fit, is named by its index", async () => {
    const file = only(bundle, entries);
    const found = await findings(changed(flip(file, -5), true));
    const last = found.filter(({ index }) => index !== null);
    const size = Number(/\.p\/(\d+)$/.exec(file)?.[1]);
    expect(last.map(({ index }) => Number(index))).toContain(size - 1);
    expect(found.some(({ code, file }) => code === "note-differs" && file)).toBe(true);
  });

  test("in the manifest", async () => {
    const found = await named(changed(flip("manifest", 30)));
    expect(found.length).toBeGreaterThan(0);
    expect(found.every((line) => /^(file-|manifest-)/.test(line))).toBe(true);
  });
});

test("a decision's amount, with openings and manifest made to fit, is named by its entry", async () => {
  const raise = (folder: string) => {
    const file = join(folder, openings);
    const text = readFileSync(file, "utf8");
    const award = /("award",\{"amount":")([1-9]\d*)(\.\d\d")/;
    expect(text).toMatch(award);
    writeFileSync(
      file,
      text.replace(award, (_, a, digits, c) => `${a}${digits}9${c}`),
    );
  };
  const lines = readFileSync(join(bundle, openings), "utf8").split("\n");
  const at = lines.find((line) => /"award",\{"amount":"[1-9]/.test(line)) ?? "{}";
  const found = await named(changed(raise, true));
  const { index } = JSON.parse(at);
  expect(
    found.some((line) => line.startsWith("opening-differs") && line.endsWith(` ${index}`)),
  ).toBe(true);
});

test("openings of an entry that the log does not have are named", async () => {
  const size = Number(/\.p\/(\d+)$/.exec(only(bundle, entries))?.[1]);
  const add = (folder: string) => {
    const file = join(folder, openings);
    const line = JSON.stringify({ index: String(size), leaves: [], openings: [] });
    writeFileSync(file, `${readFileSync(file, "utf8")}${line}\n`);
  };
  expect(await named(changed(add, true))).toEqual(["opening-malformed openings/000000.jsonl -"]);
});

describe("trust policies", () => {
  const policyFile = (insurer: string) => readFileSync(join(policies, `${insurer}.policy`), "utf8");
  const withPolicy = (name: string, text: string): string => {
    const folder = mkdtempSync(join(root, "policies-"));
    cpSync(policies, folder, { recursive: true });
    writeFileSync(join(folder, name), text);
    return folder;
  };

  test("are of the origin their keys name: another's with the same last part has no log", async () => {
    const key = verifierKey(`a.example/${first}`, "ed25519", new Uint8Array(32).fill(7));
    const text = formatPolicy({ logs: [{ key }], witnesses: [], groups: [], quorum: "none" });
    const folder = withPolicy("0.policy", fromUtf8(text, "policy"));
    const { findings } = await verifyBundle(
      openBundle(bundle),
      readTrusts(folder),
      () => undefined,
    );
    expect(findings).toMatchObject([{ code: "log-missing", origin: `a.example/${first}` }]);
  });

  test("may come by a link, and only one of each origin", async () => {
    const link = `${policies}-link`;
    symlinkSync(policies, link);
    expect([...readTrusts(link).keys()]).toEqual(insurers.map((id) => `small.example/${id}`));
    const twice = withPolicy("again.policy", policyFile(first));
    expect(() => readTrusts(twice)).toThrow(`is a second trust policy of small.example/${first}`);
  });
});

describe("files", () => {
  const tile = () => only(bundle, `${first}/public/tile/0/`);

  test("added are named, and misplaced where the manifest was made to fit", async () => {
    const add = (folder: string) => {
      const path = join(folder, first, "public/tile/0/001.p/3");
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, "x".repeat(96));
    };
    expect(await named(changed(add))).toContain(`file-unlisted ${first}/public/tile/0/001.p/3 -`);
    expect(await named(changed(add, true))).toContain("file-misplaced public/tile/0/001.p/3 -");
  });

  test.each([
    "public/notes.txt",
    "public/checkpoints/x",
    "openings/000099.jsonl",
    "openings/000000.jsonl.jwe",
    "openings/0.jsonl",
    "private/notes.txt",
    "notes.txt",
  ])("%s, with the manifest made to fit, has no place in a log's folder", async (path) => {
    const add = (folder: string) => {
      mkdirSync(dirname(join(folder, first, path)), { recursive: true });
      writeFileSync(join(folder, first, path), "");
    };
    const copy = changed(add, true);
    const trusts = readTrusts(policies);
    const bundle = openBundle(copy, { publicOnly: path.endsWith(".jwe") });
    const { findings } = await verifyBundle(bundle, trusts, () => undefined);
    expect(findings).toMatchObject([
      { code: "file-misplaced", file: path, origin: `small.example/${first}` },
    ]);
  });

  test("of a folder that is no log are named, with and without trust policies", async () => {
    const add = (folder: string) => {
      mkdirSync(join(folder, "other"));
      writeFileSync(join(folder, "other", "readme"), "hello");
    };
    const copy = changed(add, true);
    const unanchored = ["file-misplaced readme -", "note-missing public/checkpoint -"];
    expect((await named(copy, false)).sort()).toEqual(unanchored);
    expect((await named(copy)).sort()).toEqual([...unanchored, "policy-missing other -"]);
  });

  test("removed to the last, with the manifest made to fit, leave no bundle that could be true", async () => {
    const empty = (folder: string) => {
      for (const insurer of insurers) rmSync(join(folder, insurer), { recursive: true });
    };
    const copy = changed(empty, true);
    expect(await named(copy, false)).toEqual(["log-missing - -"]);
    expect(await named(copy)).toEqual(["log-missing - -", "log-missing - -"]);
  });

  test("removed are named", async () => {
    const remove = (folder: string) => rmSync(join(folder, openings));
    expect(await named(changed(remove))).toContain(`file-missing ${openings} -`);
    const holes = await named(changed(remove, true));
    expect(holes.filter((line) => line.startsWith("hole")).length).toBeGreaterThan(5);
  });

  test("swapped between the two origins are named in both", async () => {
    const swap = (folder: string) => {
      const [a, b] = [join(folder, first), join(folder, second)];
      renameSync(a, `${a}.aside`);
      renameSync(b, a);
      renameSync(`${a}.aside`, b);
    };
    const found = await findings(changed(swap, true));
    const origins = new Set(found.map(({ origin }) => origin));
    expect([...origins].sort()).toEqual([`small.example/${first}`, `small.example/${second}`]);
    expect(found.some(({ code }) => code === "record-malformed")).toBe(true);
  });

  test("replaced by a link to the same bytes are named", async () => {
    const link = (folder: string) => {
      rmSync(join(folder, tile()));
      symlinkSync(join(bundle, tile()), join(folder, tile()));
    };
    expect(await named(changed(link))).toContain(`link ${tile()} -`);
  });

  test("behind a folder replaced by a link are named", async () => {
    const link = (folder: string) => {
      rmSync(join(folder, first, "openings"), { recursive: true });
      symlinkSync(join(bundle, first, "openings"), join(folder, first, "openings"));
    };
    expect(await named(changed(link))).toContain(`link ${first}/openings -`);
  });
});

test.each([
  [
    "lines out of order",
    (text: string) => text.replace(/^(.+ \S+)\n(.+)\n(.+)\n/m, "$1\n$3\n$2\n"),
  ],
  ["a line twice", (text: string) => text.replace(/\n(.+)\n/, "\n$1\n$1\n")],
  ["a size that no number holds", (text: string) => text.replace(/ \d+ /, " 9999999999999999 ")],
  ["CRLF", (text: string) => text.replaceAll("\n", "\r\n")],
  ["a path that climbs out", (text: string) => text.replace(/ \S+\n$/, " ../../etc/passwd\n")],
])("a manifest with %s is malformed", async (_, change) => {
  const rewrite = (folder: string) => {
    const file = join(folder, "manifest");
    const text = readFileSync(file, "utf8");
    expect(change(text)).not.toBe(text);
    writeFileSync(file, change(text));
  };
  expect(await named(changed(rewrite))).toContain("manifest-malformed manifest -");
});
