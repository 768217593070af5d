import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const shared = fileURLToPath(new URL("../../shared/", import.meta.url));
const reader = /^export (?:async )?(?:function|const) ((?:parse|read|split|open)[A-Z]\w*)/gm;

/** Every exported function of these rooms of shared/ that by its name reads what somebody wrote. */
export const readersIn = (rooms: readonly string[]): string[] =>
  rooms
    .flatMap((room) => readdirSync(`${shared}${room}`).map((file) => `${shared}${room}/${file}`))
    .flatMap((file) => [...readFileSync(file, "utf8").matchAll(reader)])
    .map(([, name = ""]) => name)
    .sort();
