import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { claimWorkFolder, emptyWorkFolder } from "../../local/demo/work-folder.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "countersign-work-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("a folder with somebody's own files is refused and left as it was", () => {
  writeFileSync(join(folder, "thesis.txt"), "mine");
  expect(() => claimWorkFolder(folder)).toThrow(
    `${folder} is not empty and no demo's: name another --work`,
  );
  expect(readdirSync(folder)).toEqual(["thesis.txt"]);
});

test("a demo's own is claimed again and emptied, but for its mark and its lock", () => {
  claimWorkFolder(folder);
  for (const file of ["lock", "lock.guard", "requests.log"]) writeFileSync(join(folder, file), "");
  mkdirSync(join(folder, "published", "tile"), { recursive: true });
  claimWorkFolder(folder);
  emptyWorkFolder(folder);
  expect(readdirSync(folder).sort()).toEqual(["countersign-demo", "lock", "lock.guard"]);
});

test("a folder that isn't there is made", () => {
  const absent = join(folder, "a", "b");
  claimWorkFolder(absent);
  expect(existsSync(absent)).toBe(true);
});
