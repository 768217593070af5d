import { existsSync, readFileSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { isPostmasterOf, readPostmaster } from "./postmaster.ts";
import { loginOf, type Role } from "./roles.ts";

/**
 * The address, for one role, of the PostgreSQL of `named`, a path from here or a link too, where somebody runs it; undefined where nobody does.
 * Starts and changes nothing.
 */
export function runningCluster(
  named: string,
): ((role: Role, database: string) => string) | undefined {
  if (!existsSync(named)) return undefined;
  // A postmaster is known by its command line, which has the folder's real path.
  const folder = realpathSync(named);
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
