import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { newHandle } from "../../functions/command/handle.ts";
import type { Handle } from "../../shared/base/handle.ts";
import { writeWhole } from "../objects/durable.ts";

/** The handles of the seed, made once per folder. */
export interface Seed {
  readonly policy: Handle;
  /** By user name; one who was erased is missing. */
  readonly persons: Readonly<Record<string, Handle>>;
}

const pathOf = (folder: string): string => join(folder, "seed.json");
const read = (folder: string): Seed => JSON.parse(readFileSync(pathOf(folder), "utf8")) as Seed;
const write = (folder: string, seed: Seed): void =>
  writeWhole(pathOf(folder), Buffer.from(`${JSON.stringify(seed)}\n`), 0o600);

/** Reads the folder's seed, or makes it: on disk before anything that uses it is committed. */
export function keptSeed(
  folder: string,
  names: readonly string[],
  random: (bytes: number) => Uint8Array,
): Seed {
  if (existsSync(pathOf(folder))) return read(folder);
  const persons = names.map((name) => [name, newHandle(random)]);
  const seed = { policy: newHandle(random), persons: Object.fromEntries(persons) };
  write(folder, seed);
  return seed;
}

/** Strikes the name of an erased person's handle. */
export function forgetSeeded(folder: string, person: Handle): void {
  if (!existsSync(pathOf(folder))) return;
  const seed = read(folder);
  const left = Object.entries(seed.persons).filter(([, handle]) => handle !== person);
  if (left.length === Object.keys(seed.persons).length) return;
  write(folder, { ...seed, persons: Object.fromEntries(left) });
}
