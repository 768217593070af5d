import { nodeDoors } from "./rooms.ts";
import { isCode, perFile, type Rule, type Source } from "./source.ts";
import { literalOf, type Node, nameOf, nodesOf } from "./syntax.ts";

const inHouse = (path: string): boolean =>
  isCode(path) && /^(shared|functions|local|lib|bin|web)\//.test(path);

/** Lines of `text`, a last one without its line end counted. */
const linesOf = (text: string): number =>
  text === "" ? 0 : text.split("\n").length - (text.endsWith("\n") ? 1 : 0);

/** No module over 300 lines, no Lambda handler over 30, and at most 100 in the median module. */
export const sizes: Rule = (sources) => {
  const modules = sources.filter(({ path }) => inHouse(path));
  const limitOf = (path: string) => (path.endsWith("/handler.ts") ? 30 : 300);
  const long = modules
    .filter(({ path, text }) => linesOf(text) > limitOf(path))
    .map(({ path, text }) => ({ path, what: `${linesOf(text)} lines, above ${limitOf(path)}` }));
  const counts = modules.map(({ text }) => linesOf(text)).sort((a, b) => a - b);
  const median = counts[Math.floor(counts.length / 2)] ?? 0;
  const all = median > 100 ? [{ path: ".", what: `the median module has ${median} lines` }] : [];
  return [...long, ...all];
};

/** Files whose tool wants a default export: jest's configuration, its global set-up and tear-down. */
const wantsDefault = new Set(["jest.config.js", "test/cluster/start.ts", "test/cluster/stop.ts"]);

function exportsDefault(node: Node): boolean {
  if (/^ExportDefault/.test(node.type)) return true;
  return node.type === "ExportSpecifier" && nameOf(node.exported ?? node.orig) === "default";
}

/** Modules export names. */
export const noDefaultExports: Rule = perFile(
  (path) => isCode(path) && !wantsDefault.has(path),
  function* (source) {
    for (const node of nodesOf(source)) if (exportsDefault(node)) yield "a default export";
  },
);

/** Whether a type node is `any`, `any[]` or `(any)`. */
function isAny(type: unknown): boolean {
  const { kind, elemType, typeAnnotation } = (type ?? {}) as Record<string, unknown>;
  if (kind === "any") return true;
  const inner = elemType ?? typeAnnotation;
  return inner !== undefined && isAny(inner);
}

/** No cast to `any`, bare, in brackets or as an array. */
export const noCastToAny: Rule = perFile(isCode, function* (source) {
  for (const node of nodesOf(source)) {
    const cast = node.type === "TsAsExpression" || node.type === "TsTypeAssertion";
    if (cast && isAny(node.typeAnnotation)) yield "a cast to any";
  }
});

const impureMembers = /^(Math\.random|Date\.now|(process|console|crypto|performance|Buffer)\..*)$/;
const impureCalls = /^(Date|fetch|require|setTimeout|setInterval|setImmediate|queueMicrotask)$/;

function impurity(node: Node): string | undefined {
  if (node.type === "MemberExpression") {
    const property = node.property as Node;
    const computed = literalOf((property as Node & { expression?: unknown }).expression);
    const member = `${nameOf(node.object)}.${nameOf(property) ?? computed ?? ""}`;
    return impureMembers.test(member) ? member : undefined;
  }
  const callee = nameOf(node.callee);
  if (node.type === "CallExpression" && callee !== undefined) {
    return impureCalls.test(callee) ? `${callee}()` : undefined;
  }
  const bare = !Array.isArray(node.arguments) || node.arguments.length === 0;
  return node.type === "NewExpression" && callee === "Date" && bare ? "new Date()" : undefined;
}

/** shared/ knows no clock, chance, environment, terminal or network, and nothing only Node has. */
export const purity: Rule = perFile(
  (path) => isCode(path) && path.startsWith("shared/") && !nodeDoors.includes(path),
  function* (source) {
    for (const node of nodesOf(source)) {
      const found = impurity(node);
      if (found !== undefined) yield `uses ${found}`;
    }
  },
);

const skips = /(^|[^\w.])((test|it|describe)(\.\w+)*\.skip|xit|xtest|xdescribe)\s*\(/;
const onlys = /(^|[^\w.])((test|it|describe)(\.\w+)*\.only|fit|fdescribe)\s*\(/;

/** Every test runs; one that can't says why in a comment `// Skipped: …` on the line before. */
export const noSilentSkips: Rule = perFile(isCode, function* ({ text }: Source) {
  const lines = text.split("\n");
  for (const [index, line] of lines.entries()) {
    const reason = /^\s*\/\/ Skipped: \S/.test(lines[index - 1] ?? "");
    if (skips.test(line) && !reason) yield `line ${index + 1}: a skip without its reason`;
    if (onlys.test(line)) yield `line ${index + 1}: runs alone`;
  }
});
