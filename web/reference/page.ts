import { type Html, html, inCode, prose } from "./html.ts";
import { type Operation, operationHtml } from "./operation.ts";
import { type Schema, schemaHtml, schemaId } from "./schema.ts";

/** An OpenAPI document, as far as the page reads it. */
export interface ReadDocument {
  readonly info: { readonly version: string; readonly description: string };
  readonly tags: readonly { readonly name: string; readonly description: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Schema>>>>;
  readonly components: Readonly<Record<string, Readonly<Record<string, Schema>>>>;
}

interface Placed {
  readonly method: string;
  readonly path: string;
  readonly tags: readonly string[];
  readonly operation: Operation;
}

/** The body of the reference page: each operation under its audience, then the schemas that have names. */
export function referenceHtml(document: ReadDocument): string {
  const placed = operationsOf(document);
  const groups = document.tags
    .map(({ name, description }) => ({
      name,
      description,
      operations: placed.filter(({ tags }) => tags.includes(name)),
    }))
    .filter(({ operations }) => operations.length > 0);
  const schemas = Object.entries(document.components.schemas ?? {});
  return html`<a class="skip" href="#operations">Skip the list of operations</a>
<header>
<p class="brand">Countersign</p>
<h1>API reference</h1>
<p class="soft">Version ${document.info.version} · <a href="/openapi.json">openapi.json</a></p>
${prose(document.info.description)}
</header>
<nav aria-label="Operations">
${groups.map(
  ({ name, operations }) =>
    html`<h2>${name}</h2><ul>${operations.map(
      ({ method, path, operation }) =>
        html`<li><a href="#${operation.operationId}"><span class="method">${method.toUpperCase()}</span> ${path}</a></li>`,
    )}</ul>`,
)}
</nav>
<main id="operations" tabindex="-1">
${groups.map(
  ({ name, description, operations }) =>
    html`<h2 id="tag-${name}">${inCode(description)}</h2>${operations.map(
      ({ method, path, operation }) => operationHtml(method, path, operation),
    )}`,
)}
<h2 id="schemas">Schemas</h2>
${schemas.map(([name, schema]) => namedHtml(name, schema))}
</main>
`.text;
}

const namedHtml = (name: string, schema: Schema): Html =>
  html`<section id="${schemaId(name)}"><h3>${name}</h3>${
    typeof schema.description === "string" ? prose(schema.description) : []
  }<div class="schema">${schemaHtml(schema)}</div></section>
`;

function operationsOf(document: ReadDocument): Placed[] {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, written]) => {
      const operation = followed(document, written) as unknown as Operation & { tags: string[] };
      return { method, path, tags: operation.tags, operation };
    }),
  );
}

/** `part` with its references followed, but those to schemas: these stay links. */
function followed(document: ReadDocument, part: unknown): unknown {
  if (Array.isArray(part)) return part.map((one) => followed(document, one));
  if (typeof part !== "object" || part === null) return part;
  const { $ref } = part as { readonly $ref?: string };
  const [, kind = "", name = ""] = /^#\/components\/(\w+)\/(.+)$/.exec($ref ?? "") ?? [];
  if (kind !== "" && kind !== "schemas") {
    return followed(document, document.components[kind]?.[name]);
  }
  return Object.fromEntries(
    Object.entries(part).map(([key, value]) => [key, followed(document, value)]),
  );
}
