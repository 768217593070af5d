import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { buildReceiptPage } from "./receipt-page.ts";
import { buildReferencePage, builtDocument } from "./reference-page.ts";

const folder = new URL("../dist/", import.meta.url);
const files = {
  "verify.html": await buildReceiptPage(),
  "reference.html": await buildReferencePage(),
  "openapi.json": `${JSON.stringify(builtDocument(process.argv[2]), null, 1)}\n`,
};
mkdirSync(fileURLToPath(folder), { recursive: true });
for (const [name, text] of Object.entries(files)) {
  const file = fileURLToPath(new URL(name, folder));
  writeFileSync(file, text);
  const sha256 = createHash("sha256").update(text).digest("hex");
  process.stdout.write(`${file}\n${Buffer.byteLength(text)} bytes, SHA-256 ${sha256}\n`);
}
