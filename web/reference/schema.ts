import type { Json } from "../../shared/base/canonical.ts";
import { type Html, html, nothing } from "./html.ts";

/** A JSON Schema as the document holds it. */
export type Schema = { readonly [name: string]: Json };

const namedPrefix = "#/components/schemas/";

/** Where the named schema is on the page. */
export const schemaId = (name: string): string => `schema-${name}`;

/** A schema in words; what is an object or list of its own follows as a list of members. */
export function schemaHtml(schema: Schema): Html {
  const { properties, items, allOf, anyOf, oneOf } = schema as Record<string, unknown> & {
    properties?: Record<string, Schema>;
    items?: Schema;
  };
  const alternatives = [allOf, anyOf, oneOf].find(Array.isArray) as Schema[] | undefined;
  const nested = [
    ...(properties ? [members(properties, (schema.required ?? []) as string[])] : []),
    ...(items && !isNamed(items) ? [html` of ${schemaHtml(items)}`] : []),
    ...(alternatives ? [alternativesHtml(alternatives)] : []),
  ];
  return html`<span class="type">${words(schema)}</span>${nested}`;
}

const isNamed = ({ $ref }: Schema): boolean => typeof $ref === "string";

const members = (properties: Record<string, Schema>, required: readonly string[]): Html =>
  html`<ul class="members">${Object.entries(properties).map(
    ([name, member]) =>
      html`<li><code>${name}</code> ${
        required.includes(name) ? html`<span class="required">required</span> ` : nothing
      }${schemaHtml(member)}${
        typeof member.description === "string"
          ? html` <span class="soft">${member.description}</span>`
          : nothing
      }</li>`,
  )}</ul>`;

const alternativesHtml = (alternatives: readonly Schema[]): Html =>
  html`<ul class="members">${alternatives.map((one) => html`<li>${schemaHtml(one)}</li>`)}</ul>`;

/** The kind of a schema and its bounds, in one line. */
function words(schema: Schema): readonly Html[] {
  const { $ref, items, type, format, enum: list, const: only } = schema;
  if (typeof $ref === "string") return [namedLink($ref)];
  if (Array.isArray(list)) return [html`one of `, ...coded(list)];
  if (only !== undefined) return [html`always `, ...coded([only])];
  const kind = Array.isArray(type) ? type.join(" or ") : String(type ?? "anything");
  const named = typeof items === "object" && items !== null && isNamed(items as Schema);
  const said = named
    ? [html`list of `, namedLink(String((items as Schema).$ref))]
    : [html`${kind === "array" ? "list" : kind}`];
  const bounds = boundsOf(schema);
  return [
    ...said,
    ...(typeof format === "string" ? [html`, ${format}`] : []),
    ...bounds.map((bound) => html`, ${bound}`),
    ...(typeof schema.pattern === "string" ? [html`, <code>${schema.pattern}</code>`] : []),
  ];
}

const namedLink = (ref: string): Html => {
  const name = ref.slice(namedPrefix.length);
  return html`<a href="#${schemaId(name)}">${name}</a>`;
};

const coded = (values: readonly Json[]): readonly Html[] =>
  values.map((value, index) => html`${index > 0 ? ", " : ""}<code>${String(value)}</code>`);

function boundsOf({ minLength, maxLength, minItems, maxItems, minimum }: Schema): string[] {
  return [
    ...range(minLength, maxLength, "characters"),
    ...range(minItems, maxItems, "items"),
    ...(typeof minimum === "number" ? [`from ${minimum}`] : []),
  ];
}

function range(least: Json | undefined, most: Json | undefined, what: string): string[] {
  if (least !== undefined && most !== undefined) return [`${least} to ${most} ${what}`];
  if (least !== undefined) return [`at least ${least} ${what}`];
  return most === undefined ? [] : [`at most ${most} ${what}`];
}
