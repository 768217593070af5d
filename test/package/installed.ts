import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { projectFolder, runDoor } from "../cli/door.ts";
import { temporaryFolder } from "../cluster/temporary.ts";
import { examplesIn } from "../docs/pages.ts";

type Manifest = { readonly dependencies?: Readonly<Record<string, string>> };

const manifestOf = (folder: string): Manifest =>
  JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
const modules = join(projectFolder, "node_modules");

/** `names` and all they depend on, as this clone has them. */
function closureOf(names: readonly string[], known = new Set<string>()): Set<string> {
  for (const name of names) {
    if (known.has(name)) continue;
    known.add(name);
    closureOf(Object.keys(manifestOf(join(modules, name)).dependencies ?? {}), known);
  }
  return known;
}

/**
 * A new folder into which npm installed the tarball of `npm run pack`, and beside it the receipt, trust policy and requirements of
 * docs/spec/receipt.md. The packages it depends on are packed from this clone and npm's cache is empty, so no registry is asked.
 */
export async function installPackage(): Promise<string> {
  const folder = temporaryFolder("package");
  const packed = join(folder, "packed");
  const { code, stderr } = await runDoor(["pack", "--out", packed]);
  if (code !== 0) throw new Error(`npm run pack failed: ${stderr}`);
  const needed = closureOf(Object.keys(manifestOf(join(packed, "package")).dependencies ?? {}));
  const own = Array.from(needed, (name) => join(modules, name));
  npm(folder, "pack", ...own, "--pack-destination", packed, "--ignore-scripts");
  const tarballs = readdirSync(packed).filter((name) => name.endsWith(".tgz"));
  const installed = join(folder, "installed");
  mkdirSync(installed);
  writeFileSync(join(installed, "package.json"), '{"private":true,"type":"module"}\n');
  npm(installed, "install", ...tarballs.map((name) => join(packed, name)), "--ignore-scripts");
  const examples = examplesIn("spec/receipt.md");
  const write = (name: string, example: string) =>
    writeFileSync(join(installed, name), examples.get(example) ?? "");
  write("claim.tlog-proof", "receipt");
  write("acme.policy", "policy");
  write("acme.require", "require");
  return installed;
}

function npm(folder: string, ...args: string[]): void {
  const shell = process.platform === "win32";
  const env = { ...process.env, npm_config_cache: join(folder, "cache") };
  const all = [...args, "--offline", "--no-audit", "--no-fund", "--loglevel=error"];
  execFileSync("npm", all, { cwd: folder, env, shell, stdio: ["ignore", "ignore", "pipe"] });
}

/** The programs in the installed package's README, in order. */
export const readmePrograms = (installed: string): string[] =>
  Array.from(
    readFileSync(join(installed, "node_modules", "countersign", "README.md"), "utf8").matchAll(
      /```js\n([\s\S]*?)```/g,
    ),
    ([, program = ""]) => program,
  );
