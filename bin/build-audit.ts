import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { outliveReaders } from "../local/terminal/gone-reader.ts";
import { gaveHelp } from "../local/terminal/help.ts";

const usage = `usage: npm run build:audit
  writes dist/countersign-audit.mjs, the auditor's program in one file, and prints its SHA-256
exit 0: written · 1: it could not be built · 2: bad arguments`;
const at = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url));
const outfile = at("dist/countersign-audit.mjs");

// Packages written as CommonJS ask for Node's own modules by require.
const banner = `#!/usr/bin/env node
import { createRequire as requireOf } from "node:module";
const require = requireOf(import.meta.url);`;

outliveReaders();
process.exitCode = await main(process.argv.slice(2));

async function main(argv: string[]): Promise<number> {
  if (gaveHelp(argv, usage)) return 0;
  if (argv.length > 0) {
    process.stderr.write(`build:audit takes no arguments\n${usage}\n`);
    return 2;
  }
  await build({
    entryPoints: [at("bin/audit-alone.ts")],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    banner: { js: banner },
    legalComments: "inline",
    logLevel: "warning",
  });
  const hash = createHash("sha256").update(readFileSync(outfile)).digest("hex");
  process.stdout.write(`${outfile}\nSHA-256 ${hash}\n`);
  return 0;
}
