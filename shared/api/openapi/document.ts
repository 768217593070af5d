import type { Json } from "../../base/canonical.ts";
import { policyLineSchema } from "../import-views.ts";
import { matchRoute } from "../match.ts";
import { type Scope, scopes } from "../role.ts";
import type { Audience, Route } from "../route.ts";
import { headerParameters, headersRead, responseHeaders } from "./headers.ts";
import {
  gatewayErrorSchema,
  type NamedResponses,
  problemSchema,
  responsesOf,
} from "./responses.ts";
import { membersOf, type NamedSchemas, type SchemaObject, wireSchema } from "./wire-schema.ts";

/** The version of the API, which is the package's. */
export const apiVersion = "0.1.0";

/** What a document says that the table of routes does not know. */
export interface DocumentFacts {
  readonly version: string;
  /** Where the API is: a path means the origin that serves the document. */
  readonly server: string;
  /** The issuer's `/.well-known/openid-configuration`. */
  readonly openIdConnectUrl: string;
}

/** What a token with a scope permits, beside the row that names its subject's role. */
const scopeMeanings = {
  "countersign/claims:submit": "Submit claims",
  "countersign/claims:read.own": "Read one's own claims",
  "countersign/claims:read": "Read an insurer's claims",
  "countersign/claims:adjudicate": "Decide claims",
  "countersign/payouts:approve": "Propose, approve and end payouts",
  "countersign/payouts:release": "Release payouts and clear up breaks",
  "countersign/policies:write": "Issue, endorse and cancel policies",
  "countersign/rules:publish": "Write and publish rule packs",
  "countersign/insurer:configure": "Publish an insurer's bands, payments and clocks",
  "countersign/ledger:verify": "Read an insurer's ledger",
} as const satisfies Record<Scope, string>;

const tags = {
  claimant: "For claimants, and the insurer's people who read claims",
  insurer: "For insurers",
  auditor: "For auditors",
  public: "For anyone, and for auditors who read entries",
  published: "Files of the log, public and static",
} as const satisfies Record<Audience, string>;

const overview = `Insurance claims whose every submission, coverage rule, decision and payout is a record in an append-only ledger.

A token is an OIDC access token; it permits nothing without a row that gives its subject a role at an insurer. Where several scopes are listed, one of them is enough.
Amounts, sizes and versions are decimal strings, times are RFC 3339 in UTC. Errors are RFC 9457 problems, or API Gateway's own \`{"message"}\`.`;

/** The OpenAPI 3.1 document of a table of routes, by operation id. Pure: the same table gives the same document. */
export function openApiDocument(
  table: Readonly<Record<string, Route>>,
  { version, server, openIdConnectUrl }: DocumentFacts,
): SchemaObject {
  const schemas: NamedSchemas = new Map([
    ["Problem", problemSchema],
    ["GatewayError", gatewayErrorSchema],
  ]);
  // Of a file that a request declares: no request or answer has it.
  schemas.set("PolicyLine", wireSchema(policyLineSchema, schemas));
  const responses: NamedResponses = new Map();
  const paths: Record<string, Record<string, Json>> = {};
  for (const [name, row] of Object.entries(table)) {
    const at = row.path.replaceAll("+}", "}");
    paths[at] = {
      ...paths[at],
      [row.method.toLowerCase()]: operation(name, row, schemas, responses),
    };
  }
  const sorted = [...schemas].sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    openapi: "3.1.1",
    info: {
      title: "Countersign",
      version,
      summary: "Insurance claims that outsiders can verify",
      description: overview,
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    servers: [{ url: server }],
    tags: Object.entries(tags).map(([tag, description]) => ({ name: tag, description })),
    paths,
    components: {
      schemas: Object.fromEntries(sorted),
      responses: Object.fromEntries(responses),
      parameters: headerParameters,
      headers: responseHeaders,
      securitySchemes: { oidc: securityScheme(openIdConnectUrl) },
    },
  };
}

const securityScheme = (openIdConnectUrl: string): SchemaObject => ({
  type: "openIdConnect",
  openIdConnectUrl,
  description: `Scopes: ${scopes.map((scope) => `\`${scope}\` ${scopeMeanings[scope]}`).join("; ")}.`,
});

function operation(
  name: string,
  row: Route,
  schemas: NamedSchemas,
  responses: NamedResponses,
): SchemaObject {
  const { summary, audience, scopes: asked, roles, body, example } = row;
  const who = roles.length > 0 ? `For callers whose role is ${roles.join(", ")}.` : "For anyone.";
  return {
    operationId: name,
    summary,
    description: who,
    tags: [audience],
    security: asked.map((scope) => ({ oidc: [scope] })),
    parameters: [...namedParameters(row, schemas), ...headersRead(row)],
    ...(body === undefined
      ? {}
      : {
          requestBody: {
            required: true,
            content: {
              "application/json": {
                schema: wireSchema(body, schemas),
                ...(example.body === undefined ? {} : { example: example.body }),
              },
            },
          },
        }),
    responses: responsesOf(row, schemas, responses),
  };
}

/** Path and query parameters with the values of the row's own example. */
function namedParameters(row: Route, schemas: NamedSchemas): SchemaObject[] {
  const inPath = matchRoute([row], row.method, row.example.path)?.pathParameters ?? {};
  const inQuery = new URLSearchParams(row.example.query);
  const greedy = /\{(\w+)\+\}$/.exec(row.path)?.[1];
  const pathParameters = membersOf(row.params, schemas).map(({ name, schema }) => ({
    name,
    in: "path",
    required: true,
    ...(name === greedy ? { description: "All that follows, slashes included." } : {}),
    schema,
    ...(inPath[name] === undefined ? {} : { example: inPath[name] }),
  }));
  const queryParameters = (row.query === undefined ? [] : membersOf(row.query, schemas)).map(
    ({ name, required, schema }) => ({
      name,
      in: "query",
      ...(required ? { required } : {}),
      schema,
      ...(inQuery.has(name) ? { example: inQuery.get(name) } : {}),
    }),
  );
  return [...pathParameters, ...queryParameters];
}
