import { matchRoute } from "../../shared/api/match.ts";
import { routeTable } from "../../shared/api/routes.ts";
import { type Came, undocumented } from "../api/documented.ts";

/** Throws unless the answer to a row's request is one that the OpenAPI document knows: its status, media type, schema and headers. */
export function requireDocumented(method: string, path: string, came: Came): void {
  const row = matchRoute(routeTable, method, path.split("?")[0] ?? "")?.route;
  const wrong = row && undocumented(row, came);
  if (wrong !== undefined) throw new Error(`${method} ${row?.path}: ${wrong}`);
}

/** The answer, once it was found {@link requireDocumented as documented}. */
export async function asDocumented(
  method: string,
  path: string,
  answer: Response,
): Promise<Response> {
  const { status, headers } = answer;
  requireDocumented(method, path, { status, headers, text: await answer.clone().text() });
  return answer;
}
