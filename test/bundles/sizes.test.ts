import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { lambdaEnvironment } from "../../bench/lambda-environment.ts";
import { type FunctionName, needs } from "../../functions/needs.ts";
import {
  type BuiltFunction,
  builtNames,
  bundleFunctions,
  bundleLimitBytes,
} from "../../lib/bundle-functions.ts";

/** The functions that decide claims, check packs or decide again. */
const deciding: ReadonlySet<FunctionName> = new Set([
  "adjudicator",
  "insurer",
  "self-audit",
  "shadow",
]);

const folder = mkdtempSync(join(tmpdir(), "countersign-sizes-"));
let built: Readonly<Record<FunctionName, BuiltFunction>>;
beforeAll(async () => {
  built = await bundleFunctions(folder);
});
afterAll(() => rmSync(folder, { recursive: true }));

test("every function that has needs is built, and no other", () => {
  expect(builtNames).toEqual(Object.keys(needs).sort());
});

test("the public function may have 300 kB, every other 800 kB", () => {
  const limits = builtNames.map((name) => [name, bundleLimitBytes(name)] as const);
  const other = limits.filter(([name]) => name !== "public");
  expect(Object.fromEntries(limits).public).toBe(300_000);
  expect(other.filter(([, limit]) => limit !== 800_000)).toEqual([]);
});

test.each(builtNames)("%s is no larger than it may be", (name) => {
  expect(built[name].sizeBytes).toBeLessThanOrEqual(bundleLimitBytes(name));
});

test.each(builtNames)("%s carries a rule engine only if it decides", (name) => {
  const engine = built[name].inputs.filter((file) => file.includes("@bufbuild/"));
  expect(engine.length > 0).toBe(deciding.has(name));
});

test.each(builtNames)("%s is ready before it has read a rule engine", (name) => {
  expect(built[name].inputsAtStart).toContain(`functions/${name}/handler.ts`);
  const engine = /@bufbuild\/|shared\/letter\/|shared\/coverage\/(analysis\/check|compile)/;
  expect(built[name].inputsAtStart.filter((file) => engine.test(file))).toEqual([]);
});

// One character beyond ASCII, and V8 keeps and reads the whole text as two bytes a character.
test.each(builtNames)("%s is written in ASCII", (name) => {
  const beyond = built[name].files.filter((file) =>
    /[^\0-\x7f]/.test(readFileSync(file, "latin1")),
  );
  expect(beyond).toEqual([]);
});

test.each(builtNames)(
  "%s carries neither the OpenAPI generator nor what Lambda has no use for",
  (name) => {
    const { inputs, file } = built[name];
    const unwanted =
      /shared\/api\/openapi\/|shared\/api\/client\/|oidc-provider|credential-provider-(node|ini|sso|login)|client-(s3|sqs)\/|@bufbuild\/(protobuf|re2)\/|\/pg\/lib\/native\/|nested-clients|ion-js|cli-table3/;
    expect(inputs.filter((input) => unwanted.test(input))).toEqual([]);
    expect(readFileSync(file, "utf8")).toContain("as handler");
  },
);

interface Needing {
  readonly needs?: readonly { readonly action: string }[];
  readonly adminNeeds?: Needing["needs"];
}
/** What the adapters of a bundle need, by file. */
async function neededBy(name: FunctionName): Promise<ReadonlyMap<string, readonly string[]>> {
  const found = new Map<string, readonly string[]>();
  for (const file of built[name].inputs) {
    if (!file.startsWith("functions/adapters/")) continue;
    const text = readFileSync(new URL(`../../${file}`, import.meta.url), "utf8");
    if (!/^export const (?:adminN|n)eeds\b/m.test(text)) continue;
    // A file may be there for what else it has: then its client isn't.
    const [, client] = /from "(?:\.\/)?(@aws-sdk\/client-[a-z-]+|sqs-client\.ts)"/.exec(text) ?? [];
    if (client !== undefined && !built[name].inputs.some((each) => each.includes(client))) continue;
    const { needs: own = [], adminNeeds = [] } = (await import(`../../${file}`)) as Needing;
    found.set(
      file,
      [...own, ...adminNeeds].map(({ action }) => action),
    );
  }
  return found;
}

test.each(builtNames)(
  "%s may do what the adapters in its bundle need, and no more",
  async (name) => {
    const byFile = await neededBy(name);
    const given = new Set<string>(needs[name].map(({ action }) => action));
    expect([...byFile.values()].flat()).toEqual(expect.arrayContaining([...given]));
    const without = [...byFile].filter(([, actions]) => !actions.some((each) => given.has(each)));
    expect(without.map(([file]) => file)).toEqual([]);
  },
);

test("the cold starts that are measured have every variable a function asks for", () => {
  const asked = builtNames.flatMap((name) => {
    const text = readFileSync(new URL(`../../functions/${name}/env.ts`, import.meta.url), "utf8");
    return [...text.matchAll(/"([A-Z0-9_]+)"/g)].map(([, variable = ""]) => variable);
  });
  expect(Object.keys(lambdaEnvironment)).toEqual(expect.arrayContaining(asked));
});
