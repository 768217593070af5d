import { mkdtempSync, realpathSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { canTraverse } from "../../local/postgres/owner.ts";

const anyone = { name: "anyone", uid: 64_000, gid: 64_000 };

/** A new folder below one that every user can traverse, even where TMPDIR lies in a closed home. */
export function temporaryFolder(purpose: string): string {
  const parents = [tmpdir(), "/tmp", "/var/tmp"].map((parent) => realpathSync(parent));
  const open = parents.find((parent) => canTraverse(parent, anyone)) ?? tmpdir();
  return mkdtempSync(join(open, `countersign-${purpose}-`));
}
