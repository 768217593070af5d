import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** Writes each file of a bundle below `folder`, making its folders. */
export const writerInto =
  (folder: string) =>
  (path: string, bytes: Uint8Array): void => {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, bytes, { mode: path.includes("/openings/") ? 0o600 : 0o644 });
  };
