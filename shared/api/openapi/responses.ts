import type { Json } from "../../base/canonical.ts";
import { gatewayStatusesOf, problemsByStatus } from "../answers.ts";
import { type GatewayStatus, gatewayErrors } from "../gateway-error.ts";
import { type ProblemCode, problems, problemType } from "../problem.ts";
import type { Route, RouteReply } from "../route.ts";
import { headersSent, servesFiles } from "./headers.ts";
import { type NamedSchemas, type SchemaObject, wireSchema } from "./wire-schema.ts";

/** RFC 9457 §3 as this API writes it. */
export const problemSchema: SchemaObject = {
  type: "object",
  description:
    "RFC 9457 problem details. `type` is stable: branch on it, show `title` and `detail`.",
  properties: {
    type: { type: "string", format: "uri" },
    title: { type: "string" },
    status: { type: "integer" },
    detail: { type: "string" },
    errors: {
      type: "array",
      maxItems: 20,
      items: {
        type: "object",
        properties: {
          field: {
            type: "string",
            description: "RFC 6901 pointer into the body, or the name of a header or parameter",
          },
          detail: { type: "string" },
        },
        required: ["field", "detail"],
        additionalProperties: false,
      },
    },
    requestId: { type: "string" },
    traceId: { type: "string", pattern: "^[0-9a-f]{32}$" },
  },
  required: ["type", "title", "status", "requestId", "traceId"],
  additionalProperties: false,
};

/** The body of what API Gateway answers itself. */
export const gatewayErrorSchema: SchemaObject = {
  type: "object",
  description: "What API Gateway answers itself, before a function or in its place.",
  properties: { message: { type: "string" } },
  required: ["message"],
};

/** The ids of no request. */
const exampleIds = {
  requestId: "VkR8wh5TjoEEMfg=",
  traceId: "4bf92f3577b34da6a3ce929d0e0e4736",
};

/** Responses several operations share, `components.responses`, by a name made of their status. */
export type NamedResponses = Map<string, SchemaObject>;

/** Every answer that `row` can give, by status: its replies, problems and what the gateway says itself. */
export function responsesOf(
  row: Route,
  schemas: NamedSchemas,
  shared: NamedResponses,
): Record<string, Json> {
  const replies = Object.entries(row.replies).map(([status, reply]) => [
    status,
    replyObject(row, Number(status), reply, schemas),
  ]);
  const notModified = servesFiles(row)
    ? [["304", { description: "What you hold still stands", headers: headersSent(row, 304) }]]
    : [];
  const byStatus = problemsByStatus(row);
  const gateway = gatewayStatusesOf(row);
  const refused = [...new Set<number>([...byStatus.keys(), ...gateway])]
    .sort((a, b) => a - b)
    .map((status) => {
      const own = gateway.find((one) => one === status);
      const response = refusal(row, status, byStatus.get(status) ?? [], own);
      return [status, { $ref: `#/components/responses/${nameOf(shared, status, response)}` }];
    });
  return Object.fromEntries([...replies, ...notModified, ...refused]) as Record<string, Json>;
}

/** The media type without its parameters. */
const bare = (contentType: string): string => contentType.split(";")[0] ?? contentType;

function replyObject(
  row: Route,
  status: number,
  { contentType, description, schema, example }: RouteReply,
  schemas: NamedSchemas,
): SchemaObject {
  const plain = contentType.startsWith("text/") ? { schema: { type: "string" } } : {};
  const media: SchemaObject = {
    ...(schema === undefined ? plain : { schema: wireSchema(schema, schemas) }),
    ...(example === undefined ? {} : { example }),
  };
  const headers = headersSent(row, status);
  return { description, headers, content: { [bare(contentType)]: media } };
}

function refusal(
  row: Route,
  status: number,
  codes: readonly ProblemCode[],
  gateway: GatewayStatus | undefined,
): SchemaObject {
  const titles = codes.map((code) => problems[code][1]);
  const said = gateway === undefined ? [] : [`API Gateway: ${gatewayErrors[gateway]}`];
  const content: Record<string, Json> = {};
  if (codes.length > 0) {
    const type = { enum: codes.map(problemType) };
    const narrowed = { type: "object", properties: { type, status: { const: status } } };
    content["application/problem+json"] = {
      schema: { allOf: [{ $ref: "#/components/schemas/Problem" }, narrowed] },
      ...exampleOf(codes),
    };
  }
  if (gateway !== undefined) {
    content["application/json"] = {
      schema: { $ref: "#/components/schemas/GatewayError" },
      example: { message: gatewayErrors[gateway] },
    };
  }
  const headers = headersSent(row, status);
  return { description: [...titles, ...said].join("; "), headers, content };
}

/** The first of the problems as it is answered. */
function exampleOf([code]: readonly ProblemCode[]): SchemaObject {
  if (code === undefined) return {};
  const [status, title] = problems[code];
  return { example: { type: problemType(code), title, status, ...exampleIds } };
}

/** The name of `response` among `shared`, where it is put unless an equal one is there. */
function nameOf(shared: NamedResponses, status: number, response: SchemaObject): string {
  const text = JSON.stringify(response);
  for (let nth = 1; ; nth++) {
    const name = nth === 1 ? `Refused${status}` : `Refused${status}-${nth}`;
    const known = shared.get(name);
    if (known === undefined) shared.set(name, response);
    if (known === undefined || JSON.stringify(known) === text) return name;
  }
}
