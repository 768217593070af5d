import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { buildReceiptPage } from "./receipt-page.ts";

const file = fileURLToPath(new URL("../dist/verify.html", import.meta.url));
const page = await buildReceiptPage();
mkdirSync(fileURLToPath(new URL("../dist/", import.meta.url)), { recursive: true });
writeFileSync(file, page);
const sha256 = createHash("sha256").update(page).digest("hex");
process.stdout.write(`${file}\n${Buffer.byteLength(page)} bytes, SHA-256 ${sha256}\n`);
