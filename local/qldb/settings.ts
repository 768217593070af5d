import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { writeWhole } from "../objects/durable.ts";

/** What of a ledger can be changed after it was made. */
export interface LedgerSettings {
  readonly permissionsMode: string;
  readonly deletionProtection: boolean;
  readonly tags: Readonly<Record<string, string>>;
}

const fileOf = (folder: string, name: string): string => join(folder, `${name}.settings.json`);

/** The settings kept of a ledger; undefined where they were never changed. */
export function keptSettings(folder: string, name: string): LedgerSettings | undefined {
  const file = fileOf(folder, name);
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as LedgerSettings) : undefined;
}

/** Keeps them, whole or not at all. */
export const keepSettings = (folder: string, name: string, settings: LedgerSettings): void =>
  writeWhole(fileOf(folder, name), Buffer.from(`${JSON.stringify(settings)}\n`), 0o600);

/** Forgets them. */
export const dropSettings = (folder: string, name: string): void =>
  rmSync(fileOf(folder, name), { force: true });
