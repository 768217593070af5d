import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Malformed } from "../../../shared/base/malformed.ts";

/** One SQL statement that is applied once, in a transaction of its own. */
export interface Step {
  readonly name: string;
  readonly statement: string;
  /** SHA-256 of the statement, hexadecimal: an applied step may never change. */
  readonly hash: string;
}

/** The steps of one file, in order. */
export interface Migration {
  readonly name: string;
  readonly steps: readonly Step[];
}

/**
 * Reads one migration: `-- step: name` before each single statement, which ends with `;`.
 * Throws Malformed naming the step that is empty, repeated or more than one statement.
 */
export function parseMigration(name: string, text: string): Migration {
  const [, ...parts] = text.split(/^-- step: /m);
  const steps = parts.map((part) => parseStep(name, part));
  const names = new Set<string>();
  for (const step of steps) {
    if (names.has(step.name)) throw new Malformed(`${name}, step ${step.name}`, "occurs twice");
    names.add(step.name);
  }
  if (steps.length === 0) throw new Malformed(name, "has no steps");
  return { name, steps };
}

function parseStep(migration: string, part: string): Step {
  const [title = "", ...lines] = part.split("\n");
  const name = title.trim();
  const code = lines
    .filter((line) => !line.trimStart().startsWith("--"))
    .join("\n")
    .trim();
  const where = `${migration}, step ${name}`;
  if (!code.endsWith(";")) throw new Malformed(where, "does not end with a semicolon");
  const statement = code.slice(0, -1).trim();
  if (statement.replaceAll(/'[^']*'/g, "''").includes(";")) {
    throw new Malformed(where, "is more than one statement");
  }
  const hash = createHash("sha256").update(statement).digest("hex");
  return { name, statement, hash };
}

/** The platform's own migrations, in the order of their names. */
export function loadMigrations(
  folder: URL = new URL("./migrations/", import.meta.url),
): readonly Migration[] {
  const files = readdirSync(fileURLToPath(folder)).filter((file) => file.endsWith(".sql"));
  return files.sort().map((file) => {
    const text = readFileSync(fileURLToPath(new URL(file, folder)), "utf8");
    return parseMigration(file.replace(/\.sql$/, ""), text);
  });
}
