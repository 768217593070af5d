import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build, transform } from "esbuild";

const source = (name: string): string =>
  fileURLToPath(new URL(`../web/verify/${name}`, import.meta.url));
const read = (name: string): string => readFileSync(source(name), "utf8");

/**
 * The receipt page as one HTML file, the same bytes each time. Its Content-Security-Policy lets exactly its own script and style run and nothing be
 * fetched, from anywhere.
 */
export async function buildReceiptPage(): Promise<string> {
  const [script, style] = await Promise.all([bundle(), minified()]);
  const policy = [
    "default-src 'none'",
    `script-src '${hashOf(script)}'`,
    `style-src '${hashOf(style)}'`,
    "img-src data:",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  return read("page.html")
    .replace("{{policy}}", () => policy)
    .replace("<style></style>", () => `<style>${style}</style>`)
    .replace("<script></script>", () => `<script>${script}</script>`);
}

async function bundle(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [source("main.ts")],
    bundle: true,
    write: false,
    minify: true,
    platform: "browser",
    format: "iife",
    target: "es2023",
    charset: "utf8",
    legalComments: "none",
  });
  return outputFiles[0]?.text.trim() ?? "";
}

async function minified(): Promise<string> {
  const { code } = await transform(read("page.css"), { loader: "css", minify: true });
  return code.trim();
}

const hashOf = (text: string): string =>
  `sha256-${createHash("sha256").update(text, "utf8").digest("base64")}`;
