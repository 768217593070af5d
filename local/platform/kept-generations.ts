import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Generations, parseGenerations } from "../../shared/base/generations.ts";
import { writeWhole } from "../objects/durable.ts";
import { StartFailure } from "../postgres/start-failure.ts";

const keptFile = (folder: string): string => join(folder, "signing-keys");

/** The generations the folder was last started with, 1 before the first. Throws StartFailure where its file can't be read. */
export function keptGenerations(folder: string): Generations {
  const path = keptFile(folder);
  if (!existsSync(path)) return [1];
  const kept = parseGenerations(readFileSync(path, "utf8").trim());
  if (kept === undefined) throw new StartFailure(`${path} names no generations of signing keys.`);
  return kept;
}

/** Remembers the generations for the next start. */
export const keepGenerations = (folder: string, generations: Generations): void =>
  writeWhole(keptFile(folder), Buffer.from(`${generations.join(",")}\n`), 0o600);
