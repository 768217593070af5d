import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { removeCluster } from "../../local/postgres/place.ts";
import { openFolder, runDoor } from "../cli/door.ts";
import { Amina } from "./caller.ts";
import { type Running, start } from "./running.ts";

/* The disk with the database is gone. */
let folder: string;
let running: Running | undefined;
beforeAll(() => {
  folder = openFolder("rebuilt");
});
afterAll(async () => {
  await running?.stop();
  removeCluster(join(folder, "postgres"));
  rmSync(folder, { recursive: true, force: true });
});

const rebuild = async () => {
  const { code, stdout, stderr } = await runDoor(["rebuild", "--data", folder]);
  return { code, said: stdout + stderr };
};
const says = (code: number, words: string) => ({ code, said: expect.stringContaining(words) });

test("npm run rebuild brings every claim and receipt back, and the platform goes on", async () => {
  expect(await rebuild()).toMatchObject(says(2, "no log to rebuild"));
  running = await start(folder);
  const amina = new Amina(running);
  const sent = [await amina.submit("one"), await amina.submit("two")];
  const before = [];
  for (const one of sent) before.push(await amina.receipt(one));
  await running.stop();
  running = undefined;
  expect(await rebuild()).toMatchObject(says(1, "not-empty"));

  removeCluster(join(folder, "postgres"));
  expect(await rebuild()).toMatchObject(says(0, "✓ example-mutual"));
  running = await start(folder);
  amina.meet(running);
  for (const [i, one] of sent.entries()) {
    const { leafHash, openings } = await amina.receipt(one);
    expect({ leafHash, openings }).toEqual({
      leafHash: before[i]?.leafHash,
      openings: before[i]?.openings,
    });
    expect((await amina.ask("GET", `/claims/${one.claim}`)).status).toBe(200);
  }
  await amina.receipt(await amina.submit("three"));
}, 600_000);
