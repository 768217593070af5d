import { Ajv2020 } from "ajv/dist/2020.js";
import formats from "ajv-formats";
import { openApiDocument } from "../../shared/api/openapi/document.ts";
import type { SchemaObject } from "../../shared/api/openapi/wire-schema.ts";
import type { Route } from "../../shared/api/route.ts";
import { routes } from "../../shared/api/routes.ts";

/** The document as it is written for this deployment of nobody's. */
export const document = openApiDocument(routes, {
  version: "0.0.0",
  server: "/",
  openIdConnectUrl: "https://issuer.example/.well-known/openid-configuration",
});

const ajv = new Ajv2020({ strict: false, allErrors: true });
formats.default(ajv);
ajv.addSchema(document, "openapi");

/** One part of the document by the names that lead to it, references followed. */
export function partOf(...names: readonly string[]): SchemaObject | undefined {
  let part: unknown = document;
  for (const name of names) {
    part = followed((part as SchemaObject | undefined)?.[name]);
    if (part === undefined) return undefined;
  }
  return part as SchemaObject;
}

function followed(part: unknown): unknown {
  const to = (part as { $ref?: string } | undefined)?.$ref;
  return to === undefined || !to.startsWith("#/components/responses/")
    ? part
    : partOf(...to.slice(2).split("/"));
}

const pointerTo = (names: readonly string[]): string =>
  names
    .map((name) => `/${encodeURIComponent(name.replaceAll("~", "~0").replaceAll("/", "~1"))}`)
    .join("");

/** What the schema at `names` has against `value`; undefined where it is content. */
export function wrongBy(names: readonly string[], value: unknown): string | undefined {
  const validate = ajv.getSchema(`openapi#${pointerTo(names)}`);
  if (!validate) throw new Error(`no schema at ${names.join(" ")}`);
  return validate(value) ? undefined : ajv.errorsText(validate.errors);
}

/** An answer as it came. */
export interface Came {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** Headers that a good answer has wherever the document names them for its status, and nowhere else. */
const promised = ["etag", "location"] as const;

/** What the document does not allow of an answer of `row`; undefined where it is as documented. */
export function undocumented(
  row: Pick<Route, "method" | "path">,
  { status, headers, text }: Came,
): string | undefined {
  const contentType = headers.get("content-type");
  const at = ["paths", row.path.replaceAll("+}", "}"), row.method.toLowerCase()];
  const ref = (partOf(...at, "responses") as SchemaObject | undefined)?.[status];
  if (ref === undefined) return `${status} is not documented`;
  const response = partOf(...at, "responses", String(status));
  for (const name of status < 400 ? promised : []) {
    const named = name in ((response?.headers as object | undefined) ?? {});
    if (named !== headers.has(name)) return `${status} ${named ? "lacks" : "has"} ${name}`;
  }
  const media = contentType?.split(";")[0] ?? "";
  const content = response?.content as Record<string, SchemaObject> | undefined;
  if (content === undefined) return text === "" ? undefined : "a body is not documented";
  if (content[media] === undefined) return `${status} as ${media} is not documented`;
  if (content[media].schema === undefined || !media.endsWith("json")) return undefined;
  const { $ref } = ref as { $ref?: string };
  const base = $ref === undefined ? [...at, "responses", String(status)] : $ref.slice(2).split("/");
  return wrongBy([...base, "content", media, "schema"], JSON.parse(text));
}
