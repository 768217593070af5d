import { expect, test } from "@jest/globals";
import { closedLoop, openLoop, p99Of } from "../../bench/load.ts";

test("p99 is the value that 99 of 100 do not exceed", () => {
  const hundred = Array.from({ length: 100 }, (_, n) => 100 - n);
  expect(p99Of(hundred)).toBe(99);
  expect(p99Of([7])).toBe(7);
  expect(p99Of([...hundred, ...hundred.map((n) => n + 100)])).toBe(198);
});

test("a paced load counts the wait of what was to begin while something took long", async () => {
  let free = Promise.resolve();
  const oneAtATime = (index: number): Promise<void> => {
    free = free.then(() => new Promise((done) => setTimeout(done, index === 0 ? 200 : 0)));
    return free;
  };
  const took = await openLoop(oneAtATime, 50, 100);
  expect(took).toHaveLength(5);
  expect(took[1]).toBeGreaterThan(100);
});

test("a closed load counts what was done, by as many as it says", async () => {
  let [running, most] = [0, 0];
  const work = async () => {
    most = Math.max(most, ++running);
    await new Promise((done) => setTimeout(done, 5));
    running -= 1;
  };
  expect(await closedLoop(work, 3, 60)).toBeGreaterThan(0);
  expect(most).toBe(3);
});
