import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "@jest/globals";
import { Validator } from "@seriousme/openapi-schema-validator";
import * as z from "zod";
import { openApiDocument } from "../../shared/api/openapi/document.ts";
import { type NamedSchemas, wireSchema } from "../../shared/api/openapi/wire-schema.ts";
import { problems, problemType } from "../../shared/api/problem.ts";
import { scopes } from "../../shared/api/role.ts";
import { routeKeyOf } from "../../shared/api/route.ts";
import { routes, routeTable } from "../../shared/api/routes.ts";
import { moneyCodec } from "../../shared/base/codec.ts";
import { document, partOf, wrongBy } from "./documented.ts";

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly example?: unknown;
}

const operations = Object.entries(document.paths as Record<string, Record<string, object>>).flatMap(
  ([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      at: ["paths", path, method] as const,
      operation: operation as {
        operationId: string;
        parameters: Parameter[];
        responses: Record<string, object>;
        requestBody?: { content: Record<string, { example?: unknown }> };
      },
    })),
);

test("a public validator takes the document as OpenAPI 3.1", async () => {
  const { valid, errors } = await new Validator().validate(structuredClone(document));
  expect(errors).toBeUndefined();
  expect(valid).toBe(true);
  const broken = { ...structuredClone(document), paths: { "/x": { get: { responses: 1 } } } };
  expect((await new Validator().validate(broken)).valid).toBe(false);
});

test("every row is one operation, and there is no other", () => {
  expect(operations.map(({ operation }) => operation.operationId).sort()).toEqual(
    Object.keys(routes).sort(),
  );
  expect(operations).toHaveLength(routeTable.length);
});

test("the same table gives the same document, and it is JSON", () => {
  const facts = {
    version: "0.0.0",
    server: "/",
    openIdConnectUrl: "https://issuer.example/.well-known/openid-configuration",
  };
  const again = openApiDocument(routes, facts);
  expect(JSON.stringify(again)).toBe(JSON.stringify(document));
  expect(JSON.parse(JSON.stringify(again))).toEqual(document);
});

describe.each(
  operations.map(({ at, operation }) => [operation.operationId, at, operation] as const),
)("%s", (name, at, operation) => {
  const row = routes[name as keyof typeof routes];

  test("has an example of each parameter, of the body and of the replies, which their schemas take", () => {
    for (const [index, parameter] of operation.parameters.entries()) {
      if (parameter.in !== "path" && parameter.example === undefined) continue;
      expect([
        parameter.name,
        wrongBy([...at, "parameters", String(index), "schema"], parameter.example),
      ]).toEqual([parameter.name, undefined]);
    }
    const body = operation.requestBody?.content["application/json"];
    expect(body !== undefined).toBe("body" in row && row.body !== undefined);
    if (body) {
      const schema = [...at, "requestBody", "content", "application/json", "schema"];
      expect(wrongBy(schema, body.example)).toBeUndefined();
    }
    for (const [status, reply] of Object.entries(
      row.replies as (typeof routeTable)[number]["replies"],
    )) {
      if (reply.example === undefined) continue;
      const media = reply.contentType.split(";")[0] ?? "";
      const schema = [...at, "responses", status, "content", media, "schema"];
      expect(wrongBy(schema, reply.example)).toBeUndefined();
    }
  });

  test("names each problem by its URI under its own status, the first as an example", () => {
    const uris = Object.keys(operation.responses).flatMap((status) => {
      const content = partOf(...at, "responses", status)?.content as
        | Record<
            string,
            {
              schema: { allOf: [object, { properties: { type: { enum: string[] } } }] };
              example: { type: string };
            }
          >
        | undefined;
      const media = content?.["application/problem+json"];
      if (media === undefined) return [];
      const named = media.schema.allOf[1].properties.type.enum;
      const { $ref = "" } = operation.responses[status] as { $ref?: string };
      const schema = [...$ref.slice(2).split("/"), "content", "application/problem+json", "schema"];
      expect(wrongBy(schema, media.example)).toBeUndefined();
      expect(media.example.type).toBe(named[0]);
      return named.map((uri) => [status, uri]);
    });
    const known = new Map<string, string>(
      Object.entries(problems).map(([code, [status]]) => [
        problemType(code as keyof typeof problems),
        String(status),
      ]),
    );
    expect(uris.map(([, uri = ""]) => known.get(uri))).toEqual(uris.map(([status]) => status));
    expect(uris.map(([, uri]) => uri)).toContain(problemType("internal"));
  });
});

test("the examples of headers are what their schemas take", () => {
  const parameters = Object.entries(
    (partOf("components", "parameters") ?? {}) as unknown as Record<string, Parameter>,
  );
  const given = parameters.filter(([, { example }]) => example !== undefined);
  expect(given.length).toBeGreaterThan(2);
  for (const [name, { example }] of given) {
    expect(wrongBy(["components", "parameters", name, "schema"], example)).toBeUndefined();
  }
});

test("the scheme tells what each scope permits, and operations ask for these", () => {
  const { description } = partOf("components", "securitySchemes", "oidc") as {
    description: string;
  };
  for (const scope of scopes) expect(description).toContain(`\`${scope}\``);
  const submit = partOf("paths", "/claims", "post") as { security: object[] };
  expect(submit.security).toEqual([{ oidc: ["countersign/claims:submit"] }]);
});

describe("wireSchema", () => {
  test("gives what travels, not what the program holds", () => {
    const named: NamedSchemas = new Map();
    expect(wireSchema(z.strictObject({ paid: moneyCodec }), named)).toMatchObject({
      properties: { paid: { $ref: "#/components/schemas/Money" } },
      required: ["paid"],
      additionalProperties: false,
    });
    expect(named.get("Money")).toMatchObject({ properties: { amount: { type: "string" } } });
  });

  test("takes no schema that has no form in JSON, and no name twice", () => {
    expect(() => wireSchema(z.strictObject({ size: z.bigint() }), new Map())).toThrow(/bigint/);
    expect(() => wireSchema(z.strictObject({ at: z.date() }), new Map())).toThrow(/date/);
    const other = new Map([["Money", { type: "string" }]]);
    expect(() => wireSchema(moneyCodec, other)).toThrow(/Money/);
  });
});

test("no function carries the generator: nothing a handler imports leads to it", () => {
  const root = fileURLToPath(new URL("../..", import.meta.url));
  const seen = new Set<string>();
  const follow = (file: string): void => {
    if (seen.has(file)) return;
    seen.add(file);
    const imports = readFileSync(file, "utf8").matchAll(/(?:from|import) "(\.[^"]+)"/g);
    for (const [, path = ""] of imports) follow(join(dirname(file), path));
  };
  const functions = join(root, "functions");
  const handlers = readdirSync(functions, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith("handler.ts"))
    .map((name) => join(functions, name));
  expect(handlers.length).toBeGreaterThan(10);
  handlers.forEach(follow);
  const carried = [...seen].map((file) => file.slice(root.length));
  expect(carried).toContain("shared/api/routes.ts");
  expect(carried.filter((file) => file.startsWith("shared/api/openapi/"))).toEqual([]);
});

test("no two rows of the table have one method and path in the document", () => {
  const keys = routeTable.map((row) => routeKeyOf(row).replaceAll("+}", "}"));
  expect(new Set(keys).size).toBe(keys.length);
});
