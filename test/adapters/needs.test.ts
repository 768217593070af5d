import { readdirSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "@jest/globals";
import { type FunctionName, needs } from "../../functions/needs.ts";
import { commandsIn } from "./commands.ts";

const root = fileURLToPath(new URL("../../functions/adapters/", import.meta.url));
const files = readdirSync(root, { recursive: true, encoding: "utf8" })
  .map((path) => path.replaceAll("\\", "/"))
  .filter((path) => path.endsWith(".ts"))
  .sort();
const textOf = (path: string): string => readFileSync(`${root}${path}`, "utf8");

interface Needing {
  readonly needs?: readonly { readonly action: string; readonly resource: string }[];
  readonly adminNeeds?: Needing["needs"];
}
/** What the files say they need; a folder with a `needs.ts` says it there. */
async function stated(path: string): Promise<readonly string[]> {
  const beside = `${dirname(path)}/needs.ts`;
  const module = files.includes(beside) ? beside : path;
  if (!/export const (?:adminN|n)eeds\b/.test(textOf(module))) return [];
  const { needs: own = [], adminNeeds = [] } = (await import(`${root}${module}`)) as Needing;
  return [...own, ...adminNeeds].map(({ action }) => action);
}
/** The files whose needs are told together. */
const groupOf = (path: string): string =>
  files.includes(`${dirname(path)}/needs.ts`) ? dirname(path) : path;

const groups = Map.groupBy(files, groupOf);
const sentBy = (group: string): string[] => {
  const sent = (groups.get(group) ?? []).flatMap((path) => [...commandsIn(path, textOf(path))]);
  return [...new Set(sent)].sort();
};
const speaking = [...groups.keys()].filter((group) => sentBy(group).length > 0);

test("the adapters that reach a service of AWS are found", () => {
  expect(speaking).toEqual(
    expect.arrayContaining([
      ...[
        "eventbridge/bus.ts",
        "kms/checkpoint-key.ts",
        "kms/data-keys.ts",
        "kms/public-key.ts",
        "nudge.ts",
      ],
      ...["objects/evidence.ts", "objects/s3-inbox.ts", "objects/s3.ts", "objects/uploads.ts"],
      ...["postgres/dsql.ts", "qldb", "secret.ts"],
    ]),
  );
});

test.each(speaking)("%s needs what it sends, and nothing else", async (group) => {
  const said = new Set(await stated(groups.get(group)?.[0] ?? ""));
  // Documents are shown by requests that others send; whether one is there is all that is asked.
  const presigned = group === "objects/evidence.ts" ? ["s3:GetObject", "s3:PutObject"] : [];
  expect([...said].sort()).toEqual([...new Set([...sentBy(group), ...presigned])].sort());
});

test("no other adapter states a need", async () => {
  const silent = files.filter((path) => !speaking.includes(groupOf(path)));
  for (const path of silent) expect([path, await stated(path)]).toEqual([path, []]);
});

test("what functions are given is what some adapter needs, no wildcard among it", async () => {
  const said = (await Promise.all(files.map(stated))).flat();
  for (const name of Object.keys(needs) as FunctionName[]) {
    for (const { action } of needs[name]) {
      expect(said).toContain(action);
      expect(action).toMatch(/^[a-z0-9]+:[A-Za-z]+$/);
    }
  }
});

test("a command without a need, and a need without a command, are found", () => {
  const signing = 'import { KMSClient } from "@aws-sdk/client-kms";\nnew SignCommand({});';
  expect([...commandsIn("kms/x.ts", signing)]).toEqual(["kms:Sign"]);
  const deleting = 'const at = (m: S3Request["method"]) => m;\nclient.send(at("DELETE", key));';
  expect([...commandsIn("objects/x.ts", deleting)]).toEqual(["s3:DeleteObject"]);
  const stranger = 'import { X } from "@aws-sdk/client-sns";\nnew PublishCommand({});';
  expect(() => commandsIn("x.ts", stranger)).toThrow(/x\.ts: nobody says what Publish is/);
});
