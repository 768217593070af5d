import { Malformed } from "../../shared/base/malformed.ts";
import { each } from "./each.ts";

/** Changed rows that one call passes over to get at those behind. */
const mostPassed = 1_000;

/** A list of rows that wait: whose process's memory it is in, under which name, what one of its rows is called, and the rows, `skip` of the oldest passed over. */
export interface WaitingList<Row> {
  readonly of: object;
  readonly name: string;
  readonly row: (row: Row) => string;
  readonly oldest: (limit: number, skip: number) => Promise<readonly Row[]>;
}

/** What is told of a row that somebody changed: which it is, a handle, so nobody's data. */
export const alteredRow = (row: string): Malformed =>
  new Malformed(row, "what its row says can't be read");

/** How many changed rows at the head of a list calls before this one passed over without coming to the end. Another process begins at the head. */
const passed = new WeakMap<object, Map<string, number>>();

/**
 * Works on the oldest rows that wait, at most `most`, `width` at a time. One that somebody changed is Malformed, goes on waiting and does not count, so that however many there
 * are others come all the same: a call passes over 1,000, and the next one goes on behind these, until the end of the list was reached. Gives the Malformed of each, which
 * names it; any other error ends the call and is thrown.
 */
export async function oldestFirst<Row>(
  list: WaitingList<Row>,
  most: number,
  width: number,
  work: (row: Row) => Promise<void>,
): Promise<Malformed[]> {
  const memory = passed.get(list.of) ?? new Map<string, number>();
  passed.set(list.of, memory);
  const skip = memory.get(list.name) ?? 0;
  const tried = new Set<string>();
  const altered: Malformed[] = [];
  let left = most;
  let atEnd = false;
  for (let fresh = 1; fresh > 0 && left > 0 && altered.length < mostPassed; ) {
    const asked = left + tried.size;
    const waiting = await list.oldest(asked, skip);
    atEnd = waiting.length < asked;
    const next = waiting.filter((row) => !tried.has(list.row(row))).slice(0, left);
    fresh = next.length;
    await each(next, width, async (row) => {
      tried.add(list.row(row));
      try {
        await work(row);
        left -= 1;
      } catch (error) {
        if (!(error instanceof Malformed)) throw error;
        altered.push(alteredRow(list.row(row)));
      }
    });
  }
  if (atEnd) memory.delete(list.name);
  else if (altered.length >= mostPassed) memory.set(list.name, skip + altered.length);
  return altered;
}
