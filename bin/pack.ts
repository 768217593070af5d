import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { outliveReaders } from "../local/terminal/gone-reader.ts";
import { gaveHelp } from "../local/terminal/help.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const usage = `usage: npm run pack -- [--out DIR]
  --out DIR  where package/ and countersign-VERSION.tgz are written (default dist); DIR/package is replaced
exit 0: written · 1: it does not compile · 2: bad arguments`;

interface Manifest {
  readonly version: string;
  readonly license: string;
  readonly dependencies: Readonly<Record<string, string>>;
}

outliveReaders();
process.exitCode = main(process.argv.slice(2));

function main(argv: string[]): number {
  if (gaveHelp(argv, usage)) return 0;
  let out: string;
  try {
    const options = { out: { type: "string", default: join(root, "dist") } } as const;
    out = resolve(parseArgs({ args: argv, options }).values.out);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n${usage}\n`);
    return 2;
  }
  const folder = join(out, "package");
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  if (!compile(folder)) return 1;
  const manifest = manifestOf(folder);
  writeFileSync(join(folder, "package.json"), `${JSON.stringify(manifest, null, 2)}\n`);
  copyFileSync(join(root, "docs", "package.md"), join(folder, "README.md"));
  copyFileSync(join(root, "LICENSE"), join(folder, "LICENSE"));
  process.stdout.write(`${join(out, tarball(folder, out))}\n`);
  return 0;
}

/** JavaScript and declarations of three rooms and the client, and of what they import, one file per module. */
function compile(folder: string): boolean {
  const tsc = join(root, "node_modules", "typescript", "bin", "tsc");
  const args = [tsc, "-p", join(root, "tsconfig.package.json"), "--outDir", folder];
  try {
    execFileSync(process.execPath, args, { stdio: ["ignore", "inherit", "inherit"] });
  } catch (error) {
    if (error instanceof Error && "status" in error) return false;
    throw error;
  }
  // tsc rewrites `./a.ts` to `./a.js` in JavaScript only; declarations have to name the module that is there.
  for (const file of filesOf(folder, ".d.ts")) {
    const text = readFileSync(file, "utf8");
    writeFileSync(file, text.replaceAll(/(from "\.[^"]*)\.ts"/g, '$1.js"'));
  }
  return true;
}

/** The package's own manifest: exact versions of the packages that the compiled modules import, and no others. */
function manifestOf(folder: string) {
  const own: Manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const imported = new Set(filesOf(folder, ".js").flatMap(packagesIn));
  const entry = (room: string) => ({
    types: `./${room}/index.d.ts`,
    default: `./${room}/index.js`,
  });
  return {
    name: "countersign",
    version: own.version,
    description:
      "Verifies transparency logs in C2SP formats and Countersign receipts, offline; a typed client of the API",
    license: own.license,
    type: "module",
    sideEffects: false,
    engines: { node: ">=20.19" },
    exports: {
      "./log": entry("log"),
      "./proof": entry("proof"),
      "./client": entry("api/client"),
      "./qldb": entry("qldb"),
    },
    imports: {
      "#sha256": { node: "./base/sha256.node.js", default: "./base/sha256.portable.js" },
      "#signatures": {
        node: "./log/signatures.node.js",
        default: "./log/signatures.portable.js",
      },
    },
    dependencies: Object.fromEntries(
      Object.entries(own.dependencies).filter(([name]) => imported.has(name)),
    ),
  };
}

/** The npm packages a module imports. */
function packagesIn(file: string): string[] {
  const from = /(?:from|import) "((?:@[^/"]+\/)?[^./#@"][^/":]*)/g;
  return [...readFileSync(file, "utf8").matchAll(from)].map(([, name = ""]) => name);
}

function filesOf(folder: string, ending: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(ending))
    .map((name) => join(folder, name));
}

/** Packs `folder` into `out` without asking a registry; the tarball's file name. */
function tarball(folder: string, out: string): string {
  const args = [
    "pack",
    folder,
    "--pack-destination",
    out,
    "--ignore-scripts",
    "--json",
    "--offline",
  ];
  const npm = process.platform === "win32" ? "npm.cmd" : "npm";
  const output = execFileSync(npm, args, { encoding: "utf8", shell: npm.endsWith(".cmd") });
  const [packed] = JSON.parse(output) as { readonly filename: string }[];
  if (packed === undefined) throw new Error("npm pack wrote no tarball");
  return packed.filename;
}
