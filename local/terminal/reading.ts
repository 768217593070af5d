import { Malformed } from "../../shared/base/malformed.ts";
import { errorCode } from "../objects/folder-error.ts";

/** What a question is asked with can't be read: the message is one sentence that names it. */
export class Unreadable extends Error {
  override readonly name = "Unreadable";
}

/** What `read` makes of the file or folder `path`; throws Unreadable where it, or a file in it, which is named then, is absent, closed to us or malformed. */
export function reading<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof Malformed) throw new Unreadable(`${path}: ${error.message}`);
    const code = errorCode(error);
    if (code === undefined) throw error;
    throw new Unreadable(`${failedAt(error) ?? path} can't be read (${code})`, { cause: error });
  }
}

/** Writes `path` by `write`; throws Unreadable where it can't be, or is there already and must not be written over. */
export function writing(path: string, write: () => void): void {
  try {
    write();
  } catch (error) {
    const code = errorCode(error);
    if (code === undefined) throw error;
    const why = code === "EEXIST" ? "is there already" : `can't be written (${code})`;
    throw new Unreadable(`${path} ${why}`, { cause: error });
  }
}

/** The path that a file operation failed at, where the system says it. */
const failedAt = (error: unknown): string | undefined =>
  typeof error === "object" && error !== null && "path" in error ? String(error.path) : undefined;
