/** A route as API Gateway keeps it, and what a request path put into its variables. */
export interface Matched<T> {
  readonly route: T;
  readonly pathParameters: Readonly<Record<string, string>>;
}

interface Matchable {
  readonly method: string;
  readonly path: string;
}

/**
 * The route for a request: whole literal paths before `{variable}`, that before greedy `{variable+}`, and the longer literal start first,
 * as API Gateway orders HTTP API routes. Throws URIError on a broken percent escape.
 */
export function matchRoute<T extends Matchable>(
  routes: readonly T[],
  method: string,
  rawPath: string,
): Matched<T> | undefined {
  const candidates = routes
    .filter((route) => route.method === method)
    .sort((a, b) => rank(b.path) - rank(a.path));
  for (const route of candidates) {
    const pathParameters = matchPath(route.path, rawPath);
    if (pathParameters) return { route, pathParameters };
  }
  return undefined;
}

/** The methods that `routes` has for a path, in alphabetical order; none for a path with a broken percent escape. */
export function methodsAt(routes: readonly Matchable[], rawPath: string): string[] {
  const at = routes.filter(({ path }) => {
    try {
      return matchPath(path, rawPath) !== undefined;
    } catch (error) {
      if (error instanceof URIError) return false;
      throw error;
    }
  });
  return [...new Set(at.map(({ method }) => method))].sort();
}

/** Higher is more specific: greedy paths last, among them and the others more literal segments first. */
function rank(path: string): number {
  const segments = path.split("/");
  const literal = segments.filter((segment) => !segment.startsWith("{")).length;
  return (path.endsWith("+}") ? 0 : 1_000) + literal;
}

function matchPath(pattern: string, rawPath: string): Record<string, string> | undefined {
  const parameters: Record<string, string> = {};
  const path = rawPath.split("/");
  const segments = pattern.split("/");
  for (const [i, segment] of segments.entries()) {
    const [, name, greedy] = /^\{(\w+)(\+?)\}$/.exec(segment) ?? [];
    const part = greedy ? path.slice(i).join("/") : path[i];
    if (part === undefined) return undefined;
    if (name === undefined ? part !== segment : part === "") return undefined;
    if (name !== undefined) parameters[name] = decodeURIComponent(part);
    if (greedy) return parameters;
  }
  return path.length === segments.length ? parameters : undefined;
}
