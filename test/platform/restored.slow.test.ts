import { execFileSync } from "node:child_process";
import { renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { folderStore } from "../../local/objects/folder.ts";
import { removeCluster } from "../../local/postgres/place.ts";
import { openFolder } from "../cli/door.ts";
import { Amina } from "./caller.ts";
import { dataOf, type Running, start } from "./running.ts";

/* An operator puts back yesterday's database under today's log. */
let folder: string;
let running: Running | undefined;
beforeAll(() => {
  folder = openFolder("restored");
});
afterAll(async () => {
  await running?.stop();
  removeCluster(join(folder, "postgres"));
  rmSync(folder, { recursive: true, force: true });
});

/** Everything the signer keeps and everything that is published. */
async function kept(): Promise<string[]> {
  const all: string[] = [];
  for (const name of ["signer", "published"]) {
    const store = folderStore(join(folder, name));
    for await (const key of store.list(""))
      all.push(`${name}/${key} ${(await store.get(key))?.tag}`);
  }
  return all;
}

async function claimPublished(key: string): Promise<void> {
  running = await start(folder);
  const amina = new Amina(running);
  await amina.receipt(await amina.submit(key));
  await running.stop();
  running = undefined;
}

test("npm start on a database older than the published log ends with 2 and a sentence, and changes nothing; the right one goes on", async () => {
  await claimPublished("yesterday");
  const data = dataOf(folder);
  const [older, newest] = [`${data}.older`, `${data}.newest`];
  try {
    execFileSync("cp", ["-a", data, older]);
    await claimPublished("today");
    renameSync(data, newest);
    execFileSync("cp", ["-a", older, data]);

    const before = await kept();
    await expect(start(folder)).rejects.toThrow(
      /exit 2\): The database holds \d+ entries of the log \S+, fewer than the signer's store \(\d+\) and the published checkpoint \(\d+\)/,
    );
    expect(await kept()).toEqual(before);

    rmSync(data, { recursive: true });
    renameSync(newest, data);
    await claimPublished("tomorrow");
  } finally {
    for (const path of [older, newest]) rmSync(path, { recursive: true, force: true });
  }
});
