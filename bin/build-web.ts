import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { outliveReaders } from "../local/terminal/gone-reader.ts";
import { gaveHelp } from "../local/terminal/help.ts";
import { buildReceiptPage } from "./receipt-page.ts";
import { buildReferencePage, builtDocument } from "./reference-page.ts";

const usage = `usage: npm run build:web -- [URL]
  writes dist/verify.html, dist/reference.html and dist/openapi.json
  URL  the issuer's /.well-known/openid-configuration, as openapi.json names it (default: that path itself)
exit 0: written · 1: it could not be built · 2: bad arguments`;

outliveReaders();
process.exitCode = await main(process.argv.slice(2));

async function main(argv: string[]): Promise<number> {
  if (gaveHelp(argv, usage)) return 0;
  const [url] = argv;
  if (argv.length > 1 || (url !== undefined && !/^https?:/.test(url))) {
    process.stderr.write(`build:web takes at most a URL of http or https\n${usage}\n`);
    return 2;
  }
  const folder = new URL("../dist/", import.meta.url);
  const files = {
    "verify.html": await buildReceiptPage(),
    "reference.html": await buildReferencePage(),
    "openapi.json": `${JSON.stringify(builtDocument(url), null, 1)}\n`,
  };
  mkdirSync(fileURLToPath(folder), { recursive: true });
  for (const [name, text] of Object.entries(files)) {
    const file = fileURLToPath(new URL(name, folder));
    writeFileSync(file, text);
    const sha256 = createHash("sha256").update(text).digest("hex");
    process.stdout.write(`${file}\n${Buffer.byteLength(text)} bytes, SHA-256 ${sha256}\n`);
  }
  return 0;
}
