import { Unavailable } from "../../shared/ports/unavailable.ts";

/** The system's name of a failed file operation (ENOENT…), if `error` is one. */
export function errorCode(error: unknown): string | undefined {
  if (typeof error !== "object" || error === null || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}

const outages: Readonly<Record<string, string>> = {
  EACCES: "access is denied",
  EBUSY: "the file is busy",
  EDQUOT: "the disk quota is used up",
  EFBIG: "the file is too big for the disk",
  EIO: "the disk failed",
  EMFILE: "too many files are open",
  ENFILE: "too many files are open",
  ENOSPC: "the disk is full",
  EPERM: "the operation is not permitted",
  EROFS: "the disk is read-only",
  ERR_SQLITE_ERROR: "its lock can't be had",
};

/** Runs `action`; a disk that fails or is full becomes {@link Unavailable}, anything else passes through. */
export async function translated<T>(action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    const outage = outages[errorCode(error) ?? ""];
    throw outage === undefined ? error : new Unavailable("folder", outage, { cause: error });
  }
}
