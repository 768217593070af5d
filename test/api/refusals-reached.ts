import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { parseSync } from "@swc/core";

/*
 * Which refusals the sources lead to from a row's endpoint: a graph of the named values of functions/ and shared/, each with the values it names and the codes it refuses
 * with itself. What arguments exclude (a step's name, a flag) it can't tell, so it finds too much rather than too little.
 */

interface Node {
  readonly type?: string;
  readonly [member: string]: unknown;
}

/** What one named value of a module says. */
interface Said {
  /** Codes of `refuse("code", …)`. */
  readonly codes: Set<string>;
  /** Names of values of this module or imported ones. */
  readonly names: Set<string>;
  /** Members of ports that are called: `claims.submit`. */
  readonly members: Set<string>;
}

interface Module {
  readonly values: Map<string, Said>;
  /** A name here: the module it is from and its name there. */
  readonly imports: Map<string, readonly [path: string, name: string]>;
  /** Values that read a module when they are asked: `() => import("./module.ts")`. */
  readonly reads: Map<string, string>;
  /** Endpoints: the row's name in the table, and what the rest of the call says. */
  readonly endpoints: Map<string, Said>;
}

const root = fileURLToPath(new URL("../..", import.meta.url));
const refusing = "shared/base/refusal.ts";
const endpointCalls: ReadonlySet<unknown> = new Set(["rowEndpoint", "at"]);
/** Ports whose members are refusing functions behind an interface, and the value that has them. */
const ports = new Map([
  ["claims", ["functions/command/claims-port.ts", "claimsPort"] as const],
  ["decisions", ["functions/command/decisions-port.ts", "decisionsPort"] as const],
]);

const modules = new Map<string, Module>();
for (const room of ["functions", "shared"]) {
  for (const name of readdirSync(join(root, room), { recursive: true, encoding: "utf8" })) {
    const path = join(room, name).replaceAll("\\", "/");
    if (path.endsWith(".ts")) modules.set(path, readModule(path));
  }
}

function readModule(path: string): Module {
  const module: Module = {
    ...{ values: new Map(), imports: new Map(), reads: new Map(), endpoints: new Map() },
  };
  const source = readFileSync(join(root, path), "utf8");
  const { body } = parseSync(source, { syntax: "typescript" }) as unknown as { body: Node[] };
  for (const item of body) readItem(path, module, item);
  return module;
}

function readItem(path: string, module: Module, item: Node): void {
  const from = (item.source as { value: string } | undefined | null)?.value;
  if (from !== undefined) {
    if (!from.startsWith(".")) return;
    const file = fileAt(path, from);
    for (const one of (item.specifiers ?? []) as Node[]) {
      const named = (key: string) => (one[key] as { value: string } | undefined | null)?.value;
      const [there, here] =
        item.type === "ImportDeclaration"
          ? [named("imported") ?? named("local"), named("local")]
          : [named("orig"), named("exported") ?? named("orig")];
      if (there !== undefined && here !== undefined) module.imports.set(here, [file, there]);
    }
    return;
  }
  const declared = (item.declaration as Node | undefined) ?? item;
  const parts = (declared.declarations as Node[] | undefined) ?? [declared];
  for (const part of parts) {
    const name = ((part.id ?? part.identifier) as { value?: string } | undefined)?.value;
    if (name === undefined) continue;
    module.values.set(name, saidBy(part, module));
    const read = readBy(part.init as Node | undefined);
    if (read !== undefined) module.reads.set(name, fileAt(path, read));
    if (![...ports.values()].some(([at, port]) => at === path && port === name)) continue;
    for (const { key, value } of objectIn(part)) {
      module.values.set(`${name}.${(key as Node).value}`, saidBy(value, module));
    }
  }
}

function fileAt(path: string, from: string): string {
  return relative(root, join(root, dirname(path), from)).replaceAll("\\", "/");
}

/** The path that `() => import(path)` reads. */
function readBy(init: Node | undefined): string | undefined {
  const call = init?.body as Node | undefined;
  if ((call?.callee as Node | undefined)?.type !== "Import") return undefined;
  const [path] = (call?.arguments ?? []) as { expression: Node }[];
  return path?.expression.value as string | undefined;
}

/** The members of the object that a function gives: `(…) => ({ … })`. */
function objectIn(part: Node): readonly Node[] {
  const { body } = part.init as { body: Node };
  const object = (body.expression ?? body) as { properties?: Node[] };
  return object.properties ?? [];
}

function nothing(): Said {
  return { codes: new Set(), names: new Set(), members: new Set() };
}

function saidBy(node: unknown, module: Module): Said {
  const said = nothing();
  walk(node, said, module);
  return said;
}

function walk(node: unknown, said: Said, module: Module): void {
  if (Array.isArray(node)) for (const each of node) walk(each, said, module);
  if (typeof node !== "object" || node === null || Array.isArray(node)) return;
  const { type, ...parts } = node as Node;
  if (type === "Identifier") said.names.add(parts.value as string);
  else if (type?.startsWith("Ts")) walk(parts.expression, said, module);
  else if (type === "MemberExpression") {
    walk(parts.object, said, module);
    const property = parts.property as Node;
    if (property.type === "Computed") walk(property, said, module);
    else said.members.add(`${lastName(parts.object as Node)}.${property.value}`);
  } else if (type === "CallExpression" && isEndpoint(parts, module)) {
    const [row, ...rest] = parts.arguments as { expression: Node }[];
    const name = ((row?.expression.property ?? {}) as { value?: string }).value ?? "";
    module.endpoints.set(name, saidBy(rest, module));
  } else {
    if (
      type === "CallExpression" &&
      module.imports.get(lastName(parts.callee as Node))?.[0] === refusing
    ) {
      const [code] = (parts.arguments ?? []) as { expression: Node }[];
      for (const literal of literalsIn(code?.expression)) said.codes.add(literal);
    }
    for (const [key, part] of Object.entries(parts)) {
      if (key !== "key" && !/^type|Type/.test(key)) walk(part, said, module);
    }
  }
}

/** The last name of an expression; of `(await read())` that of what reads. */
function lastName(node: Node): string {
  const inner =
    node.argument ?? (node.type === "ParenthesisExpression" ? node.expression : undefined);
  if (inner !== undefined) return lastName(inner as Node);
  if (node.type === "CallExpression") return lastName(node.callee as Node);
  return String(node.value ?? (node.property as Node | undefined)?.value ?? "");
}

function isEndpoint({ callee, arguments: args }: Node, { imports }: Module): boolean {
  const [row] = args as { expression: Node }[];
  const [table] = imports.get(lastName((row?.expression.object ?? {}) as Node)) ?? [];
  return endpointCalls.has((callee as Node).value) && /^shared\/api\/routes\//.test(table ?? "");
}

function literalsIn(node: Node | undefined): string[] {
  if (node?.type === "StringLiteral") return [String(node.value)];
  if (node?.type !== "ConditionalExpression") return [];
  return [...literalsIn(node.consequent as Node), ...literalsIn(node.alternate as Node)];
}

/** The codes that the endpoint of the row with this name leads to; undefined where no endpoint of that name is found. */
export function refusalsReached(row: string): ReadonlySet<string> | undefined {
  const found = [...modules].find(([, { endpoints }]) => endpoints.has(row));
  if (!found) return undefined;
  const [path, { endpoints }] = found;
  const codes = new Set<string>();
  follow(path, endpoints.get(row) ?? nothing(), codes, new Set());
  return codes;
}

function follow(path: string, said: Said, codes: Set<string>, seen: Set<string>): void {
  for (const code of said.codes) codes.add(code);
  for (const name of said.names) visit(path, name, codes, seen);
  for (const member of said.members) {
    const [object = "", property = ""] = member.split(".");
    const port = ports.get(object);
    if (port) visit(port[0], `${port[1]}.${property}`, codes, seen);
    const read = modules.get(path)?.reads.get(object);
    if (read !== undefined) visit(read, property, codes, seen);
  }
}

function visit(path: string, name: string, codes: Set<string>, seen: Set<string>): void {
  const key = `${path}#${name}`;
  if (seen.has(key)) return;
  seen.add(key);
  const module = modules.get(path);
  const imported = module?.imports.get(name);
  if (imported) visit(imported[0], imported[1], codes, seen);
  const said = module?.values.get(name);
  if (said) follow(path, said, codes, seen);
}
