import { expect, test } from "@jest/globals";
import { formatDay, parseDay } from "../../shared/base/day.ts";

const byDate = (day: bigint): string =>
  new Date(Number(day) * 86_400_000).toISOString().slice(0, 10);

test("every day from 1800 to 2999 is written as a calendar writes it, and reads back", () => {
  const [first, last] = [parseDay("1800-01-01", "first"), parseDay("2999-12-31", "last")];
  const wrong: string[] = [];
  for (let day = first; day <= last; day++) {
    const text = formatDay(day);
    if (text !== byDate(day)) wrong.push(text);
    if (day % 97n === 0n && parseDay(text, "day") !== day) wrong.push(text);
  }
  expect(wrong).toEqual([]);
});

test("days of years that no input can have are written as Date writes them", () => {
  for (const day of [-719_529n, -719_528n, -719_469n, 2_932_896n, 2_932_897n, 4_000_000n]) {
    expect([day, formatDay(day)]).toEqual([day, byDate(day)]);
  }
});
