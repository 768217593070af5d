import * as z from "zod";
import type { Json } from "../../base/canonical.ts";
import { assert } from "../../base/malformed.ts";

export type SchemaObject = { readonly [name: string]: Json };

/** The schemas that have a name of their own (`.meta({ id })`): `components.schemas`. */
export type NamedSchemas = Map<string, SchemaObject>;

/** zod types that have no JSON of their own: one of these outside a codec is a row's mistake. */
const unwritten = new Set(["bigint", "date", "map", "set", "symbol", "undefined", "void", "nan"]);

/**
 * The JSON Schema (2020-12) of what travels. That is the input side of each codec both ways, since a request is decoded from it and a reply is encoded
 * to it: amounts, sizes and times are text. Named parts are put into `named` and referred to.
 */
export function wireSchema(schema: z.ZodType, named: NamedSchemas): SchemaObject {
  const written = z.toJSONSchema(schema, {
    io: "input",
    unrepresentable: "any",
    override: ({ zodSchema, jsonSchema }) => {
      const { type } = zodSchema._zod.def;
      assert(!unwritten.has(type), `a ${type} has a form in JSON`);
      // zod says readOnly of what TypeScript may not change; OpenAPI says it of what a request may not send.
      delete jsonSchema.readOnly;
      // Not a format that anybody registered: `contentEncoding` and the pattern say it.
      if (jsonSchema.format === "base64") delete jsonSchema.format;
    },
  });
  const {
    $schema: _,
    $defs = {},
    ...own
  } = JSON.parse(JSON.stringify(written).replaceAll('"#/$defs/', '"#/components/schemas/')) as {
    $schema?: string;
    $defs?: Record<string, SchemaObject>;
    [name: string]: Json;
  };
  for (const [name, part] of Object.entries($defs)) {
    assert(!name.startsWith("__"), "a schema that holds itself has a name");
    const known = named.get(name);
    const same = known === undefined || JSON.stringify(known) === JSON.stringify(part);
    assert(same, `one schema has the name ${name}`);
    named.set(name, part);
  }
  return own;
}

/** A schema of named members as the parameters it stands for. */
export function membersOf(
  schema: z.ZodType,
  named: NamedSchemas,
): readonly { readonly name: string; readonly required: boolean; readonly schema: SchemaObject }[] {
  const { properties = {}, required = [] } = wireSchema(schema, named) as {
    properties?: Record<string, SchemaObject>;
    required?: readonly string[];
  };
  return Object.entries(properties).map(([name, member]) => ({
    name,
    required: required.includes(name),
    schema: member,
  }));
}
