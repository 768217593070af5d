import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { transform } from "esbuild";
import { apiVersion, openApiDocument } from "../shared/api/openapi/document.ts";
import { routes } from "../shared/api/routes.ts";
import { type ReadDocument, referenceHtml } from "../web/reference/page.ts";

const read = (name: string): string =>
  readFileSync(fileURLToPath(new URL(`../web/reference/${name}`, import.meta.url)), "utf8");

/** The document for wherever it will be served: its issuer is said by who deploys it. */
export const builtDocument = (openIdConnectUrl = "/.well-known/openid-configuration") =>
  openApiDocument(routes, { version: apiVersion, server: "/", openIdConnectUrl });

/** The API reference as one HTML file without script, the same bytes each time; its Content-Security-Policy lets nothing but its own style in. */
export async function buildReferencePage(): Promise<string> {
  const { code } = await transform(read("page.css"), { loader: "css", minify: true });
  const style = code.trim();
  const hash = createHash("sha256").update(style, "utf8").digest("base64");
  const policy = [
    "default-src 'none'",
    `style-src 'sha256-${hash}'`,
    "img-src data:",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  const body = referenceHtml(builtDocument() as unknown as ReadDocument);
  return read("page.html")
    .replace("{{policy}}", () => policy)
    .replace("<style></style>", () => `<style>${style}</style>`)
    .replace("{{body}}", () => body);
}
