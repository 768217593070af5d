import { parseSync } from "@swc/core";
import type { Source } from "./source.ts";

/** A node of the syntax tree: a `type` and whatever else the grammar gives it. */
export type Node = { readonly type: string; readonly [field: string]: unknown };

const isNode = (value: unknown): value is Node =>
  typeof value === "object" && value !== null && typeof Object(value).type === "string";

const known = new WeakMap<Source, readonly Node[]>();

/** The nodes of `source`'s syntax tree, parsed once. Throws on text that is no TypeScript, naming the file. */
export function nodesOf(source: Source): readonly Node[] {
  const nodes = known.get(source) ?? below(parse(source));
  known.set(source, nodes);
  return nodes;
}

function parse({ path, text }: Source): unknown {
  try {
    return parseSync(text, { syntax: "typescript", tsx: path.endsWith("x"), target: "es2024" });
  } catch (error) {
    throw new Error(`${path} does not parse`, { cause: error });
  }
}

function below(tree: unknown): Node[] {
  const nodes: Node[] = [];
  const waiting: unknown[] = [tree];
  for (let value = waiting.pop(); value !== undefined; value = waiting.pop()) {
    if (isNode(value)) nodes.push(value);
    for (const inner of Object.values(Object(value))) {
      if (typeof inner === "object" && inner !== null) waiting.push(inner);
    }
  }
  return nodes;
}

/** The text of a string literal or of a template without holes; undefined for anything computed. */
export function literalOf(value: unknown): string | undefined {
  if (!isNode(value)) return undefined;
  if (value.type === "StringLiteral") return String(value.value);
  if (value.type !== "TemplateLiteral") return undefined;
  const { quasis } = value as unknown as { quasis: { cooked: string }[] };
  return quasis.length === 1 ? quasis[0]?.cooked : undefined;
}

/** The name when `value` is a plain identifier. */
export const nameOf = (value: unknown): string | undefined =>
  isNode(value) && value.type === "Identifier" ? String(value.value) : undefined;
