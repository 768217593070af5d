import { expect, test } from "@jest/globals";
import { sharedSync } from "../../local/objects/shared-sync.ts";

/* Names are durable once a sync that began after they were written has ended. */

/** Syncs that end when they are told to. */
function syncs() {
  const begun: { folder: string; end(error?: Error): void }[] = [];
  const sync = sharedSync((folder) => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    begun.push({ folder, end: (error) => (error ? reject(error) : resolve()) });
    return promise;
  });
  return { begun, sync };
}

const tick = () => new Promise<void>((resolve) => setImmediate(resolve));

test("whoever asks while one is under way is answered by one that begins afterwards, shared by all who do", async () => {
  const { begun, sync } = syncs();
  const answered: string[] = [];
  const ask = (name: string) => sync("a").then(() => answered.push(name));
  ask("first");
  await tick();
  for (const name of ["second", "third"]) ask(name);
  await tick();
  expect(begun).toHaveLength(1);
  begun[0]?.end();
  await tick();
  expect(answered).toEqual(["first"]);
  expect(begun).toHaveLength(2);
  ask("fourth");
  begun[1]?.end();
  await tick();
  expect(answered).toEqual(["first", "second", "third"]);
  begun[2]?.end();
  await tick();
  expect(answered).toEqual(["first", "second", "third", "fourth"]);
});

test("folders do not wait for each other, and what one throws only those get who share it", async () => {
  const { begun, sync } = syncs();
  const told = (asked: Promise<void>) =>
    asked.then(
      () => "durable",
      (error: Error) => error.message,
    );
  const failing = told(sync("a"));
  const other = told(sync("b"));
  await tick();
  expect(begun.map(({ folder }) => folder)).toEqual(["a", "b"]);
  const [next, shared] = [told(sync("a")), told(sync("a"))];
  begun[0]?.end(new Error("full"));
  begun[1]?.end();
  expect(await Promise.all([failing, other])).toEqual(["full", "durable"]);
  await tick();
  begun[2]?.end();
  expect(await Promise.all([next, shared])).toEqual(["durable", "durable"]);
  expect(begun).toHaveLength(3);
});
