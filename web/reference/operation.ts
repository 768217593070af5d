import type { Json } from "../../shared/base/canonical.ts";
import { type Html, html, inCode, nothing } from "./html.ts";
import { type Schema, schemaHtml } from "./schema.ts";

/** What an operation of the document states, references followed. */
export interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly description: string;
  readonly security: readonly { readonly oidc: readonly string[] }[];
  readonly parameters: readonly Parameter[];
  readonly requestBody?: { readonly content: Media };
  readonly responses: Readonly<Record<string, Answer>>;
}

export interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly description?: string;
  readonly schema: Schema;
  readonly example?: Json;
}

export interface Answer {
  readonly description: string;
  readonly headers?: Readonly<Record<string, { readonly description: string }>>;
  readonly content?: Media;
}

type Media = Readonly<Record<string, { readonly schema?: Schema; readonly example?: Json }>>;

/** One operation as a section of its own. */
export function operationHtml(method: string, path: string, operation: Operation): Html {
  const { operationId, summary, description, parameters, requestBody, responses } = operation;
  const entries = Object.entries(responses);
  const replies = entries.filter(([status]) => Number(status) < 400);
  const refusals = entries.filter(([status]) => Number(status) >= 400);
  return html`<section class="operation" id="${operationId}" aria-labelledby="${operationId}-title">
<h3 id="${operationId}-title"><span class="method">${method.toUpperCase()}</span> <code>${path}</code></h3>
<p>${inCode(summary)}.</p>
<p class="soft">${description} ${scopesHtml(operation)}</p>
${parameters.length > 0 ? parametersHtml(parameters) : nothing}
${requestBody ? html`<h4>Body</h4>${mediaHtml(requestBody.content)}` : nothing}
<h4>Answers</h4>
${replies.map(([status, reply]) => replyHtml(status, reply))}
<details><summary>Refusals (${refusals.map(([status]) => status).join(", ")})</summary>
${refusals.map(([status, refusal]) => refusalHtml(status, refusal))}
</details>
</section>
`;
}

function scopesHtml({ security }: Operation): Html {
  const scopes = security.flatMap(({ oidc }) => oidc);
  if (scopes.length === 0) return html`No token.`;
  return html`Scope: ${scopes.map((scope, i) => html`${i > 0 ? " or " : ""}<code>${scope}</code>`)}.`;
}

const parametersHtml = (parameters: readonly Parameter[]): Html =>
  html`<h4>Parameters</h4>
<ul class="members">${parameters.map(
    ({ name, in: where, required, description = "", schema, example }) =>
      html`<li><code>${name}</code> <span class="soft">in ${where}</span> ${
        required ? html`<span class="required">required</span> ` : nothing
      }${schemaHtml(schema)} ${inCode(description)}${
        example === undefined ? nothing : html` For example <code>${String(example)}</code>.`
      }</li>`,
  )}</ul>
`;

const mediaHtml = (content: Media): readonly Html[] =>
  Object.entries(content).map(
    ([type, { schema, example }]) =>
      html`<p><code>${type}</code></p>${schema ? html`<div class="schema">${schemaHtml(schema)}</div>` : nothing}${
        example === undefined || typeof example === "string"
          ? nothing
          : html`<details><summary>Example</summary><pre tabindex="0">${JSON.stringify(example, null, 2)}</pre></details>`
      }`,
  );

const replyHtml = (status: string, { description, headers = {}, content = {} }: Answer): Html =>
  html`<div class="answer"><p><span class="status">${status}</span> ${inCode(description)}</p>
${mediaHtml(content)}${
  Object.keys(headers).length > 0
    ? html`<p class="soft">Headers: ${Object.keys(headers).map(
        (name, index) => html`${index > 0 ? ", " : ""}<code>${name}</code>`,
      )}</p>`
    : nothing
}</div>
`;

/** The type URIs of the problems with one status. */
function refusalHtml(status: string, { description, content = {} }: Answer): Html {
  const { allOf } = (content["application/problem+json"]?.schema ?? {}) as {
    allOf?: readonly { properties?: { type: { enum: readonly string[] } } }[];
  };
  const uris = (allOf ?? []).flatMap(({ properties }) => properties?.type.enum ?? []);
  return html`<div class="answer"><p><span class="status">${status}</span> ${description}</p>${
    uris.length > 0
      ? html`<ul class="uris">${uris.map((uri) => html`<li><code>${uri}</code></li>`)}</ul>`
      : nothing
  }</div>
`;
}
