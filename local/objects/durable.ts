import { randomBytes } from "node:crypto";
import {
  closeSync,
  constants,
  fsync,
  fsyncSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

const fsyncLater = promisify(fsync);

/** Makes the names in `folder` durable. Windows can't and needn't: NTFS journals its names. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === "win32") return;
  const descriptor = openSync(folder, constants.O_RDONLY);
  try {
    await fsyncLater(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** Writes `bytes` to a new file of a random name in `folder`, whole and durable or not at all; gives its path. */
export async function writeAside(
  folder: string,
  bytes: Uint8Array,
  durable: boolean,
): Promise<string> {
  const path = newAside(folder);
  const descriptor = openSync(path, "wx");
  try {
    writeAll(descriptor, bytes);
    if (durable) await fsyncLater(descriptor);
  } catch (error) {
    rmSync(path, { force: true });
    throw error;
  } finally {
    closeSync(descriptor);
  }
  return path;
}

/**
 * Puts `bytes` in the file at `path` so that a crash leaves the old or the new ones, never a mixture. Durable when it
 * returns; it blocks for two fsyncs, so it is for rare writes under a lock.
 */
export function writeWhole(path: string, bytes: Uint8Array, mode: number): void {
  const aside = newAside(dirname(path));
  const descriptor = openSync(aside, "wx", mode);
  try {
    writeAll(descriptor, bytes);
    fsyncSync(descriptor);
    renameSync(aside, path);
  } catch (error) {
    rmSync(aside, { force: true });
    throw error;
  } finally {
    closeSync(descriptor);
  }
  if (process.platform === "win32") return;
  const folder = openSync(dirname(path), constants.O_RDONLY);
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

const newAside = (folder: string): string => join(folder, `~${randomBytes(12).toString("hex")}`);

function writeAll(descriptor: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length; ) done += writeSync(descriptor, bytes, done);
}

const abandonedMs = 3_600_000;

/** Removes what a killed process left aside in `folder` more than an hour ago. */
export function sweepAside(folder: string, nowMs: number): void {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    const seen = name.startsWith("~") ? statSync(path, { throwIfNoEntry: false }) : undefined;
    if (seen && nowMs - seen.mtimeMs > abandonedMs) rmSync(path, { force: true });
  }
}
