import { describe, expect, test } from "@jest/globals";
import { matchRoute } from "../../shared/api/match.ts";
import { problemDocument, problemOf, problems, refusalStatuses } from "../../shared/api/problem.ts";
import { roles, scopes, scopesOfRole } from "../../shared/api/role.ts";
import { routeKeyOf } from "../../shared/api/route.ts";
import { routeNamed, routes, routeTable } from "../../shared/api/routes.ts";
import { type Clashing, tableOf } from "../../shared/api/table-of.ts";
import { refusalCodes, refuse } from "../../shared/base/refusal.ts";

describe.each(routeTable.map((row) => [routeKeyOf(row), row] as const))("%s", (key, row) => {
  test("is found by its own example, whose path and body its schemas read", () => {
    const matched = matchRoute(routeTable, row.method, row.example.path);
    expect(matched?.route).toBe(row);
    expect(row.params.safeParse(matched?.pathParameters).success).toBe(true);
    expect(row.body?.safeParse(row.example.body).success).toBe(row.body && true);
    expect(routeNamed(key)).toBe(row);
  });

  test("is open to anyone, or asks for a scope that some allowed role holds", () => {
    expect(row.scopes.length > 0).toBe(row.roles.length > 0);
    for (const role of row.roles) {
      expect(row.scopes.some((scope) => scopesOfRole[role].includes(scope))).toBe(true);
    }
  });

  test("reads no body where it is a GET, and names a good answer", () => {
    if (row.method === "GET") expect(row.body).toBeUndefined();
    expect(Number(Object.keys(row.replies)[0])).toBeLessThan(400);
  });

  test("asks for the version of what it changes only where a GET beside it gives one", () => {
    if (!row.precondition) return;
    const seen = routeTable.some(
      ({ method, replies, path }) =>
        method === "GET" && row.path.startsWith(path) && replies[200]?.etag,
    );
    expect(seen).toBe(true);
  });
});

test("no row goes without a word: of one name two don't compile, of one method and path there is one", () => {
  const { readPack, readDraft } = routes;
  expect(Object.keys(tableOf({ readPack }, { readDraft }))).toEqual(["readPack", "readDraft"]);
  type One<Row> = { readonly readPack: Row };
  const apart: [Clashing<[One<1>, { readDraft: 2 }]>] extends [never] ? true : false = true;
  const clash: Clashing<[One<1>, One<2>]> = "readPack";
  expect([apart, clash]).toEqual([true, "readPack"]);
  expect(new Set(routeTable.map(routeKeyOf)).size).toBe(routeTable.length);
});

test("an unknown route key is no row", () => expect(routeNamed("GET /")).toBeUndefined());

test("every scope is some role's, every role has scopes", () => {
  expect(new Set(roles.flatMap((role) => scopesOfRole[role]))).toEqual(new Set(scopes));
});

describe("problems", () => {
  test("every refusal has a 4xx status and a title; none is 400, 401 or 5xx", () => {
    for (const code of refusalCodes) expect(problems[code][1]).toMatch(/^[A-Z].*[^.]$/);
    expect(refusalStatuses).toEqual([403, 404, 409, 410, 412, 422]);
  });

  test("a refusal's field becomes a pointer", () => {
    const problem = problemOf(refuse("currency-mismatch", "One currency only.", "lines.1.claimed"));
    expect(problemDocument(problem, { requestId: "r", traceId: "t" })).toEqual({
      type: "urn:countersign:problem:currency-mismatch",
      title: "The currencies differ",
      status: 422,
      detail: "One currency only.",
      errors: [{ field: "/lines/1/claimed", detail: "One currency only." }],
      requestId: "r",
      traceId: "t",
    });
  });
});
