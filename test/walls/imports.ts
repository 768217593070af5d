import { isBuiltin } from "node:module";
import { posix } from "node:path";
import type { Source } from "./source.ts";
import { literalOf, type Node, nameOf, nodesOf } from "./syntax.ts";

/** One import, re-export, import type, `import()` or `require()`. `specifier` is undefined when it is computed. */
export type Import = { readonly specifier: string | undefined; readonly typeOnly: boolean };

/** Where a specifier leads: files of this project, an npm package, a module of Node, or somewhere a wall can't judge. */
export type Target =
  | { readonly kind: "files"; readonly paths: readonly string[] }
  | { readonly kind: "package"; readonly name: string }
  | { readonly kind: "node"; readonly name: string }
  | { readonly kind: "unknown" };

type Named = { readonly isTypeOnly?: boolean };

function importOf(node: Node): Import | undefined {
  const from = node as Node & { source?: unknown; typeOnly?: boolean; specifiers?: Named[] };
  switch (node.type) {
    case "ImportDeclaration":
    case "ExportNamedDeclaration":
    case "ExportAllDeclaration": {
      if (from.source === null || from.source === undefined) return undefined;
      const names = from.specifiers ?? [];
      const onlyTypes = names.length > 0 && names.every((name) => name.isTypeOnly === true);
      return { specifier: literalOf(from.source), typeOnly: from.typeOnly === true || onlyTypes };
    }
    case "TsImportType":
      return { specifier: literalOf(node.argument), typeOnly: true };
    case "TsExternalModuleReference":
      return { specifier: literalOf(node.expression), typeOnly: false };
    case "CallExpression": {
      const isImport = (node.callee as Node).type === "Import";
      if (!isImport && nameOf(node.callee) !== "require") return undefined;
      const [first] = node.arguments as { expression: unknown }[];
      return { specifier: literalOf(first?.expression), typeOnly: false };
    }
    default:
      return undefined;
  }
}

const known = new WeakMap<Source, Import[]>();

/** Every import of `source`, in no order. */
export function importsOf(source: Source): Import[] {
  const found =
    known.get(source) ??
    nodesOf(source)
      .map(importOf)
      .filter((found) => found !== undefined);
  known.set(source, found);
  return found;
}

/** package.json's `imports`: a name with `#` to one path or to a path per condition. */
export type InternalNames = Readonly<Record<string, string | Readonly<Record<string, string>>>>;

/** Resolves `specifier` as written in the file `from`. */
export function targetOf(from: string, specifier: string, internal: InternalNames): Target {
  if (/^\.\.?\//.test(specifier)) {
    const path = posix.join(posix.dirname(from), specifier);
    return path.startsWith("../") || path.includes("node_modules/")
      ? { kind: "unknown" }
      : { kind: "files", paths: [path] };
  }
  const own = internal[specifier];
  if (own !== undefined) {
    const paths = typeof own === "string" ? [own] : Object.values(own);
    return { kind: "files", paths: paths.map((path) => posix.normalize(path)) };
  }
  if (isBuiltin(specifier)) return { kind: "node", name: specifier.replace(/^node:/, "") };
  const name = /^(@[a-z0-9][\w.-]*\/)?[a-z0-9][\w.-]*(?=\/|$)/.exec(specifier)?.[0];
  return name === undefined ? { kind: "unknown" } : { kind: "package", name };
}
