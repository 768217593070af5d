import { expect, test } from "@jest/globals";
import { cursorsOf } from "../../functions/http/cursor.ts";
import type { Caller } from "../../shared/ports/claims.ts";

const keys = { obtain: async ({ person }: { person: string }) => Buffer.alloc(32, person) };

const caller = (person: string) => ({ insurer: "acme", person }) as Caller;
const of = (person = "a", list = "GET /claims", filter = { status: "referred" }) =>
  cursorsOf<string[]>(keys, caller(person), list, filter);

test("a cursor is read by the list, filter and caller it was written for, by nobody else", async () => {
  const position = ["18446744073709551615", "c1"];
  const cursor = (await of()).write(position);
  expect((await of()).read(cursor)).toEqual(position);
  expect((await of()).read(undefined)).toBeUndefined();
  const strangers = [
    of("b"),
    of("a", "GET /payouts"),
    of("a", "GET /claims", { status: "closed" }),
  ];
  for (const stranger of strangers) {
    const cursors = await stranger;
    expect(() => cursors.read(cursor)).toThrow("malformed-request");
  }
});

test.each(["", ".", "e30.", "e30", `${"e30"}.${"A".repeat(43)}`])(
  "%j is no cursor",
  async (cursor) => {
    const cursors = await of();
    expect(() => cursors.read(cursor)).toThrow("malformed-request");
  },
);

test("a changed character of either half is refused", async () => {
  const cursors = await of();
  const cursor = cursors.write(["1"]);
  for (let at = 0; at < cursor.length - 1; at++) {
    const changed = `${cursor.slice(0, at)}${cursor[at] === "A" ? "B" : "A"}${cursor.slice(at + 1)}`;
    expect(() => cursors.read(changed)).toThrow("malformed-request");
  }
});
