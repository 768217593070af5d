import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { formatManifest, parseManifest } from "../../functions/auditor/manifest.ts";
import { closeBundle, FolderTaken, prepareFolder, requireFree } from "../../local/bundle/folder.ts";
import { clearPolicies } from "../../local/bundle/trust.ts";

let outer: string;
let folder: string;
beforeEach(() => {
  outer = mkdtempSync(join(tmpdir(), "countersign-out-"));
  folder = join(outer, "out");
});
afterEach(() => rmSync(outer, { recursive: true, force: true }));

const put = (path: string, text = "x"): void => {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
};
const taken = () => {
  const before = readdirSync(folder, { recursive: true });
  expect(() => requireFree(folder)).toThrow(FolderTaken);
  expect(() => prepareFolder(folder, ["acme"])).toThrow(FolderTaken);
  expect(readdirSync(folder, { recursive: true })).toEqual(before);
};

describe("the folder of a bundle", () => {
  test("is not made by looking at it", () => {
    expect(requireFree(folder)).toEqual([]);
    expect(existsSync(folder)).toBe(false);
  });

  test("takes a new bundle's place, and says whose logs were there", () => {
    prepareFolder(folder, ["acme", "-aetna-"]);
    put("acme/public/checkpoint");
    put("-aetna-/public/checkpoint");
    closeBundle(folder);
    expect(prepareFolder(folder, ["other"])).toEqual(["-aetna-", "acme"]);
    expect(readdirSync(folder)).toEqual(["manifest"]);
  });

  test("that was cut off while written, or while emptied, is taken again", () => {
    prepareFolder(folder, ["acme"]);
    put("acme/public/checkpoint");
    closeBundle(folder);
    prepareFolder(folder, ["other"]);
    put("acme/openings/000000.jsonl");
    put("other/public/checkpoint");
    expect(prepareFolder(folder, ["other"])).toEqual(["acme", "other"]);
    expect(readdirSync(folder)).toEqual(["manifest"]);
  });

  test.each(["thesis/chapter", "acme/notes.txt", "notes.txt"])(
    "that was cut off and has somebody's %s is refused and untouched",
    (path) => {
      prepareFolder(folder, ["acme"]);
      put(path);
      taken();
    },
  );

  test.each(["thesis/chapter", "acme/public/notes.txt", "notes.txt"])(
    "that is whole and has somebody's %s is refused and untouched",
    (path) => {
      prepareFolder(folder, ["acme"]);
      put("acme/public/checkpoint");
      closeBundle(folder);
      put(path);
      taken();
    },
  );

  test("with nothing but a manifest's first line of its own is refused and untouched", () => {
    put("manifest", "countersign-bundle/v1\n");
    put("thesis/chapter");
    taken();
  });
});

test("only the policies of insurers that were there are removed", () => {
  for (const name of ["acme.policy", "acme.require", "mine.policy"]) put(name);
  clearPolicies(folder, ["acme", "never"]);
  expect(readdirSync(folder)).toEqual(["mine.policy"]);
  expect(readFileSync(join(folder, "mine.policy"), "utf8")).toBe("x");
});

test("a manifest's paths may begin with - but never with a dot", () => {
  const line = (path: string) => formatManifest([{ path, size: 1, hash: "0".repeat(64) }]);
  const path = "-aetna-/public/checkpoint";
  expect(parseManifest(line(path))).toMatchObject([{ path }]);
  for (const bad of [".aetna/x", "../x", "a/.x", "/x", "a//x"]) {
    expect(() => parseManifest(line(bad))).toThrow("is no line");
  }
});
