import * as z from "zod";

interface JsonSchema {
  readonly $ref?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly type?: string | readonly string[];
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly maxItems?: number;
  readonly items?: JsonSchema;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: boolean | JsonSchema;
}

/** One UTF-16 unit of a text in JSON: a control character is written with six bytes, any other with three at most. */
const escaped = 6;

/**
 * Most bytes of RFC 8785 JSON that `schema` takes, whatever refinements say. What the schema leaves without a bound is in `bounds`, by its path ("trace[]"); a path
 * that has none throws, and so does a bound that nothing needs.
 */
export function largestJson(schema: z.ZodType, bounds: Readonly<Record<string, number>> = {}) {
  const root = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }) as JsonSchema & {
    $defs?: Record<string, JsonSchema>;
  };
  const used = new Set<string>();
  const given = (path: string): number => {
    const bound = bounds[path];
    if (bound === undefined) throw new Error(`${path} has no bound`);
    used.add(path);
    return bound;
  };
  const any = (of: readonly JsonSchema[], path: string): number =>
    Math.max(...of.map((each) => size(each, path)));
  const size = (of: JsonSchema, path: string): number => {
    const { $ref, type } = of;
    if (path in bounds || $ref?.endsWith("/Json")) return given(path);
    if ($ref) return size(root.$defs?.[$ref.split("/").at(-1) ?? ""] ?? {}, path);
    if (of.const !== undefined) return JSON.stringify(of.const).length;
    if (of.enum) return Math.max(...of.enum.map((each) => JSON.stringify(each).length));
    const some = of.anyOf ?? of.oneOf;
    if (some) return any(some, path);
    if (Array.isArray(type))
      return any(
        type.map((each: string) => ({ ...of, type: each })),
        path,
      );
    if (type === "object") return object(of, path);
    if (type === "array") {
      if (of.maxItems === undefined || !of.items) return given(path);
      return 2 + of.maxItems * (1 + size(of.items, `${path}[]`));
    }
    if (type === "string") return 2 + text(of, path);
    const known = { boolean: 5, null: 4, integer: 20, number: 25 }[String(type)];
    return known ?? given(path);
  };
  const text = ({ maxLength, pattern }: JsonSchema, path: string): number => {
    if (maxLength !== undefined) return escaped * maxLength;
    const longest = pattern === undefined ? Infinity : longestMatch(pattern);
    return Number.isFinite(longest) ? longest : given(path);
  };
  const object = (of: JsonSchema, path: string): number => {
    const { properties = {}, additionalProperties: more = false } = of;
    if (more !== false) return given(path);
    return Object.entries(properties).reduce(
      (sum, [name, each]) => sum + name.length + 4 + size(each, path ? `${path}.${name}` : name),
      2,
    );
  };
  const largest = size(root, "");
  const idle = Object.keys(bounds).filter((path) => !used.has(path));
  if (idle.length > 0) throw new Error(`nothing has the bound of ${idle.join(", ")}`);
  return largest;
}

/** Characters, all of ASCII, that the pattern matches at most: classes, groups, alternatives and counts, as our schemas use them. */
function longestMatch(pattern: string): number {
  let at = 0;
  const alternatives = (): number => {
    let most = 0;
    let sum = 0;
    while (at < pattern.length && pattern[at] !== ")") {
      if (pattern[at] === "|") {
        most = Math.max(most, sum);
        sum = 0;
        at++;
      } else sum += atom() * times();
    }
    return Math.max(most, sum);
  };
  const atom = (): number => {
    const char = pattern[at++];
    if (char === "^" || char === "$") return 0;
    if (char === "\\") at++;
    else if (char === "[") at = pattern.indexOf("]", at) + 1;
    else if (char === ".") return Number.POSITIVE_INFINITY;
    else if (char === "(") {
      if (pattern.startsWith("?:", at)) at += 2;
      const inner = alternatives();
      at++;
      return inner;
    }
    return 1;
  };
  const times = (): number => {
    const found = /^(?:([?*+])|\{(?:\d+,)?(\d+)\})/.exec(pattern.slice(at));
    if (!found) return 1;
    at += found[0].length;
    if (found[1] !== undefined) return found[1] === "?" ? 1 : Number.POSITIVE_INFINITY;
    return Number(found[2]);
  };
  return alternatives();
}
