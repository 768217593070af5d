import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const bin = process.platform === "win32" ? "Scripts" : "bin";

/** Packages of PyPI, installed without anything they need into a virtual environment of their own; undefined where that can't be done. */
export function pythonWith(...packages: readonly string[]) {
  const folder = mkdtempSync(join(tmpdir(), "iso20022-"));
  const python = join(folder, "venv", bin, "python");
  const run = (...args: string[]) =>
    execFileSync(python, args, { encoding: "utf8", stdio: "pipe", timeout: 300_000 });
  const remove = () => rmSync(folder, { recursive: true, force: true });
  try {
    execFileSync("python3", ["-m", "venv", join(folder, "venv")], { stdio: "ignore" });
    run("-m", "pip", "install", "--quiet", "--no-deps", ...packages);
    const library = run("-c", "import sysconfig; print(sysconfig.get_paths()['purelib'])").trim();
    const files = readdirSync(library, { recursive: true, encoding: "utf8" });
    /** The installed schema of this message version. */
    const schemaOf = (version: string): string => {
      const found = files.find((file) => file.endsWith(`${version}.xsd`));
      if (found === undefined) throw new Error(`no package has a schema of ${version}`);
      return join(library, found);
    };
    return { python, schemaOf, folder, remove };
  } catch {
    remove();
    return undefined;
  }
}

/** Whether libxml2's xmllint is on this machine. */
export const xmllintIsHere = spawnSync("xmllint", ["--version"]).status === 0;

/** What xmllint finds wrong with documents under a schema, nothing for valid ones. */
export function violations(
  folder: string,
  schema: string,
  documents: readonly (string | Uint8Array)[],
): string {
  const names = documents.map((document, at) => {
    writeFileSync(join(folder, `${at}.xml`), document);
    return `${at}.xml`;
  });
  const args = ["--nonet", "--noout", "--schema", schema, ...names];
  const { stderr, status } = spawnSync("xmllint", args, { cwd: folder, encoding: "utf8" });
  const wrong = stderr
    .split("\n")
    .filter((line) => line !== "" && !/^\d+\.xml validates$/.test(line));
  if ((status === 0) !== (wrong.length === 0)) throw new Error(`xmllint ended with ${status}`);
  return wrong.join("\n");
}
