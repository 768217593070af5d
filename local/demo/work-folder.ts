import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { removeCluster } from "../postgres/place.ts";
import { StartFailure } from "../postgres/start-failure.ts";

/** Tells a demo's own folder from a platform's and from anybody else's. */
const mark = "countersign-demo";
const locks = ["lock", "lock.guard"];

/** Makes `folder` the demo's if it is absent, empty or a demo's already; throws StartFailure where it holds anything else. */
export function claimWorkFolder(folder: string): void {
  mkdirSync(folder, { recursive: true });
  if (readdirSync(folder).length > 0 && !existsSync(join(folder, mark))) {
    throw new StartFailure(`${folder} is not empty and no demo's: name another --work`);
  }
  writeFileSync(join(folder, mark), "");
}

/** Empties a demo's folder, which its caller holds the lock of. */
export function emptyWorkFolder(folder: string): void {
  if (existsSync(join(folder, "postgres"))) removeCluster(join(folder, "postgres"));
  for (const name of readdirSync(folder)) {
    if (name !== mark && !locks.includes(name)) {
      rmSync(join(folder, name), { recursive: true, force: true });
    }
  }
}
