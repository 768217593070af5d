import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A folder for one stub's keys. */
export function dataKeyFolder(): { folder: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), "countersign-kms-"));
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
