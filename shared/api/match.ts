/** A route as API Gateway keeps it, and what a request path put into its variables. */
export interface Matched<T> {
  readonly route: T;
  readonly pathParameters: Readonly<Record<string, string>>;
}

interface Matchable {
  readonly method: string;
  readonly path: string;
}

/** One segment of a route's path: a literal, a variable, or a greedy one. */
interface Segment {
  readonly literal: string;
  readonly name: string | undefined;
  readonly greedy: boolean;
}

interface Compiled<T> {
  readonly route: T;
  readonly segments: readonly Segment[];
  /** Higher is more specific: greedy paths last, among them and the others more literal segments first. */
  readonly rank: number;
}

/** A table is matched against at each request, and read once. */
const compiled = new WeakMap<
  readonly Matchable[],
  ReadonlyMap<string, readonly Compiled<Matchable>[]>
>();

/**
 * The route for a request: whole literal paths before `{variable}`, that before greedy `{variable+}`, and the longer literal start first,
 * as API Gateway orders HTTP API routes. Throws URIError on a broken percent escape.
 */
export function matchRoute<T extends Matchable>(
  routes: readonly T[],
  method: string,
  rawPath: string,
): Matched<T> | undefined {
  const path = rawPath.split("/");
  for (const { route, segments } of compiledOf(routes).get(method) ?? []) {
    const pathParameters = matchPath(segments, path);
    if (pathParameters) return { route, pathParameters };
  }
  return undefined;
}

/** The methods that `routes` has for a path, in alphabetical order; none for a path with a broken percent escape. */
export function methodsAt(routes: readonly Matchable[], rawPath: string): string[] {
  const path = rawPath.split("/");
  const at = (candidates: readonly Compiled<Matchable>[]): boolean =>
    candidates.some(({ segments }) => {
      try {
        return matchPath(segments, path) !== undefined;
      } catch (error) {
        if (error instanceof URIError) return false;
        throw error;
      }
    });
  return [...compiledOf(routes)].flatMap(([method, all]) => (at(all) ? [method] : [])).sort();
}

function compiledOf<T extends Matchable>(
  routes: readonly T[],
): ReadonlyMap<string, readonly Compiled<T>[]> {
  const found = compiled.get(routes);
  if (found) return found as ReadonlyMap<string, readonly Compiled<T>[]>;
  const all = routes.map(compile).sort((a, b) => b.rank - a.rank);
  const made = Map.groupBy(all, ({ route }) => route.method);
  compiled.set(routes, made);
  return made;
}

function compile<T extends Matchable>(route: T): Compiled<T> {
  const segments = route.path.split("/").map((literal): Segment => {
    const [, name, plus] = /^\{(\w+)(\+?)\}$/.exec(literal) ?? [];
    return { literal, name, greedy: plus === "+" };
  });
  const literals = segments.filter(({ name }) => name === undefined).length;
  return { route, segments, rank: (segments.at(-1)?.greedy ? 0 : 1_000) + literals };
}

function matchPath(
  segments: readonly Segment[],
  path: readonly string[],
): Record<string, string> | undefined {
  const parameters: Record<string, string> = {};
  for (const [i, { literal, name, greedy }] of segments.entries()) {
    const part = greedy ? path.slice(i).join("/") : path[i];
    if (part === undefined) return undefined;
    if (name === undefined ? part !== literal : part === "") return undefined;
    if (name !== undefined) parameters[name] = decodeURIComponent(part);
    if (greedy) return parameters;
  }
  return path.length === segments.length ? parameters : undefined;
}
