import * as z from "zod";
import type { Json } from "./canonical.ts";
import { jsonSchema } from "./codec.ts";
import { lazily } from "./lazily.ts";
import { assert } from "./malformed.ts";

type Encode = (value: unknown) => unknown;

const asItIs: Encode = (value) => value;

/**
 * What z.encode gives for values of the schema's own type, without judging them again, at a tenth of its time (measured; a property test holds them
 * against each other). For states that evolve made of judged events: a value of another type comes out wrong, not refused. Parts of a kind that is
 * not known here go through z.encode.
 */
export function encoderOf<Output>(schema: () => z.ZodType<Output>): (value: Output) => Json {
  const encode = lazily(() => compiled(schema()));
  return (value) => encode()(value) as Json;
}

function compiled(schema: z.core.$ZodType): Encode {
  if (schema === (jsonSchema as z.core.$ZodType)) return asItIs;
  const type = schema as z.core.$ZodTypes;
  const { def } = type._zod;
  switch (def.type) {
    case "string":
    case "boolean":
    case "number":
    case "enum":
    case "literal":
    case "null":
    case "bigint":
    case "custom":
      return asItIs;
    case "nullable":
    case "optional": {
      const inner = compiled(def.innerType);
      return inner === asItIs ? asItIs : (value) => (value == null ? value : inner(value));
    }
    case "default":
      return compiled(def.innerType);
    case "array":
      return encodeEach(compiled(def.element));
    case "record":
      return encodeValues(compiled(def.valueType));
    case "object":
      return encodeFields(def.shape);
    case "union":
      return encodeUnion(def as z.core.$ZodDiscriminatedUnionDef) ?? throughZod(schema);
    case "pipe":
      return encodeCodec(def) ?? throughZod(schema);
    default:
      return throughZod(schema);
  }
}

const throughZod =
  (schema: z.core.$ZodType): Encode =>
  (value) =>
    z.encode(schema, value);

const encodeEach = (element: Encode): Encode =>
  element === asItIs ? asItIs : (value) => (value as unknown[]).map(element);

const encodeValues = (of: Encode): Encode =>
  of === asItIs
    ? asItIs
    : (value) =>
        Object.fromEntries(Object.entries(value as object).map(([key, each]) => [key, of(each)]));

/** Keys that the schema doesn't name are left out, as are absent ones. */
function encodeFields(shape: z.core.$ZodShape): Encode {
  const fields = Object.entries(shape).map(([key, field]) => [key, compiled(field)] as const);
  return (value) => {
    const from = value as Record<string, unknown>;
    const to: Record<string, unknown> = {};
    for (const [key, encode] of fields) {
      const field = from[key];
      if (field !== undefined) to[key] = encode(field);
    }
    return to;
  };
}

/** By the discriminator, which encodes to itself; undefined for a union without one. */
function encodeUnion({
  discriminator,
  options,
}: Partial<z.core.$ZodDiscriminatedUnionDef> & z.core.$ZodUnionDef): Encode | undefined {
  if (discriminator === undefined) return undefined;
  const byValue = new Map<unknown, Encode>();
  for (const option of options) {
    const encode = compiled(option);
    for (const value of option._zod.propValues?.[discriminator] ?? []) byValue.set(value, encode);
  }
  return (value) => {
    const encode = byValue.get((value as Record<string, unknown>)[discriminator]);
    assert(encode !== undefined, "a union has an option for every value of its type");
    return encode(value);
  };
}

/** A codec's own `encode`, then that of what it encodes to; undefined for a pipe that is none. */
function encodeCodec(def: z.core.$ZodPipeDef): Encode | undefined {
  const {
    reverseTransform,
    in: to,
    out: from,
  } = def as Partial<z.core.$ZodCodecDef> & z.core.$ZodPipeDef;
  if (!reverseTransform) return undefined;
  const outer = compiled(from);
  const inner = compiled(to);
  return (value) => inner(reverseTransform(outer(value) as never, noIssues as never));
}

/** The codecs of this house report no issue when they encode. */
const noIssues = { issues: [] };
