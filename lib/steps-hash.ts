import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder of the steps, as a bundle has it beside it. */
export const stepsFolder = "functions/adapters/postgres/migrations";

/** Where the steps lie here. */
export const migrationSteps = fileURLToPath(new URL(`../${stepsFolder}/`, import.meta.url));

/** SHA-256 of all steps in `folder`, names included, hexadecimal: the deployment runs them when it changes. */
export function stepsHash(folder: string): string {
  const hash = createHash("sha256");
  for (const name of readdirSync(folder).sort()) {
    hash.update(`${name}\n`).update(readFileSync(join(folder, name)));
  }
  return hash.digest("hex");
}
