import { describe, expect, test } from "@jest/globals";
import { oldestFirst } from "../../functions/command/oldest-first.ts";
import { Malformed } from "../../shared/base/malformed.ts";
import { Unavailable } from "../../shared/ports/unavailable.ts";

/** A list of rows, of which those in `changed` can't be read; a row that was worked on leaves it. */
function listOf(count: number, changed: (row: number) => boolean) {
  const rows = Array.from({ length: count }, (_, row) => row);
  const done: number[] = [];
  const list = {
    of: {},
    name: "acme submitted",
    row: (row: number) => `claim ${row}`,
    oldest: async (limit: number, skip: number) => rows.slice(skip, skip + limit),
  };
  const work = async (row: number): Promise<void> => {
    if (changed(row)) throw new Malformed("row", "is changed");
    rows.splice(rows.indexOf(row), 1);
    done.push(row);
  };
  return { done, rows, call: (most: number) => oldestFirst(list, most, 4, work) };
}

describe("rows that wait", () => {
  test("are worked on oldest first, as many as a call takes", async () => {
    const { done, call } = listOf(25, () => false);
    expect(await call(10)).toEqual([]);
    expect(done).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  test("that somebody changed are each named, stay, and take no sound row's place", async () => {
    const { done, rows, call } = listOf(60, (row) => row < 50);
    const altered = await call(10);
    expect(altered.map(({ message }) => message)).toContain(
      "claim 49: what its row says can't be read",
    );
    expect(altered).toHaveLength(50);
    expect(done).toEqual([50, 51, 52, 53, 54, 55, 56, 57, 58, 59]);
    expect(rows).toHaveLength(50);
  });

  test("are reached behind any number of changed ones, 1,000 and more a call, and those are tried again once the end was reached", async () => {
    let changed = 3_500;
    const { done, rows, call } = listOf(3_600, (row) => row < changed);
    for (let calls = 0; calls < 3; calls++) {
      expect((await call(10)).length).toBeGreaterThanOrEqual(1_000);
      expect(done).toEqual([]);
    }
    // The next calls go on behind what was passed over, and take no fewer for it.
    for (let calls = 0; calls < 10; calls++) await call(10);
    expect(done).toHaveLength(100);
    expect(rows).toHaveLength(3_500);
    changed = 0;
    await call(10);
    for (let calls = 0; calls < 350; calls++) await call(10);
    expect(rows).toEqual([]);
  });

  test("are left where an outage comes between", async () => {
    const list = { of: {}, name: "x", row: String, oldest: async () => [1, 2, 3] };
    const outage = async () => {
      throw new Unavailable("database", "is away");
    };
    await expect(oldestFirst(list, 10, 1, outage)).rejects.toBeInstanceOf(Unavailable);
  });
});
