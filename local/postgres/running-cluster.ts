import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isPostmasterOf, readPostmaster } from "./postmaster.ts";
import { loginOf, type Role } from "./roles.ts";

/** The address, for one role, of the PostgreSQL of `folder` where somebody runs it; undefined where nobody does. Starts and changes nothing. */
export function runningCluster(
  folder: string,
): ((role: Role, database: string) => string) | undefined {
  const pointer = join(folder, "place");
  const place = existsSync(pointer) ? readFileSync(pointer, "utf8").trim() : folder;
  const data = join(place, "data");
  const note = readPostmaster(data);
  if (!note?.ready || !isPostmasterOf(note.pid, data)) return undefined;
  const file = readFileSync(join(folder, "passwords.json"), "utf8");
  const passwords = JSON.parse(file) as Readonly<Record<string, string>>;
  return (role, database) => {
    const login = loginOf(role);
    return `postgres://${login}:${passwords[login] ?? ""}@127.0.0.1:${note.port}/${database}`;
  };
}
