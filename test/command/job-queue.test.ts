import { expect, test } from "@jest/globals";
import * as z from "zod";
import { jobShelf } from "../../functions/command/job-shelf.ts";
import { memoryStore } from "../../local/objects/memory.ts";

const shelf = jobShelf("asked/", z.strictObject({ state: z.string() }));

test("jobs take turns insurer by insurer, and another insurer begins with each minute", async () => {
  const store = memoryStore();
  for (const [insurer, jobs] of [
    ["a", 120],
    ["b", 2],
    ["c", 1],
  ] as const) {
    for (let id = 0; id < jobs; id++) {
      await shelf.begin(store, { insurer, id: `${id}`.padStart(3, "0") }, { state: "waiting" });
    }
  }
  const turns = async (minute: bigint) =>
    (await shelf.queue(store, minute * 60_000_000n)).map(({ insurer, id }) => `${insurer}${id}`);
  expect((await turns(0n)).slice(0, 6)).toEqual(["a000", "b000", "c000", "a001", "b001", "a002"]);
  expect((await turns(1n)).slice(0, 4)).toEqual(["b000", "c000", "a000", "b001"]);
  expect((await turns(2n))[0]).toBe("c000");
  expect(new Set(await turns(3n)).size).toBe(123);
  expect(await shelf.queue(memoryStore(), 7n)).toEqual([]);
});
