import { expect, test } from "@jest/globals";
import { receiptWithin } from "../../functions/claimant/wait.ts";
import type { Receipt } from "../../shared/ports/claims.ts";

/** Pending `times` times; counts how often it was asked. */
function source(times: number) {
  const asked = { count: 0 };
  const ask = async (): Promise<Receipt> =>
    asked.count++ < times ? { pending: true } : { text: "receipt" };
  return { ask, asked };
}

test("a pause that a checkpoint ends early asks again at once, and takes nothing from the wait but the time it was", async () => {
  const { ask, asked } = source(30);
  const longest: number[] = [];
  const early = async (mostMs: number): Promise<number> => {
    longest.push(mostMs);
    return 10;
  };
  expect(await receiptWithin(ask, 1, early)).toEqual({ text: "receipt" });
  expect(asked.count).toBe(31);
  expect(Math.max(...longest)).toBe(250);
});

test("the wait ends when its time has passed, in pauses of any length", async () => {
  const { ask, asked } = source(1_000);
  const most: number[] = [];
  const pauses = [100, 250, 250, 250];
  const uneven = async (mostMs: number): Promise<number> => {
    most.push(mostMs);
    return Math.min(mostMs, pauses.shift() ?? mostMs);
  };
  expect(await receiptWithin(ask, 1, uneven)).toEqual({ pending: true });
  expect(most).toEqual([250, 250, 250, 250, 150]);
  expect(asked.count).toBe(6);
});
