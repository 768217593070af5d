import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const at = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url));
const outfile = at("dist/countersign-audit.mjs");

// Packages written as CommonJS ask for Node's own modules by require.
const banner = `#!/usr/bin/env node
import { createRequire as requireOf } from "node:module";
const require = requireOf(import.meta.url);`;

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
