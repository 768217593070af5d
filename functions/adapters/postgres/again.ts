import { setTimeout as sleep } from "node:timers/promises";
import { Unavailable } from "../../../shared/ports/unavailable.ts";
import { type Access, type Pool, type Queryable, transaction } from "./pool.ts";
import { isLostRace, sqlState } from "./translate.ts";

/** How often something is sent, and how long is waited after the n-th time, in ms. */
export interface Again {
  readonly tries: number;
  readonly pauseMs: (nth: number) => number;
  readonly sleep: (ms: number) => Promise<unknown>;
}

/** A transaction lost to another, or met a catalog that was changed (40001; Aurora DSQL's OC000 and OC001). */
const isLost = (error: unknown): boolean => sqlState(error) === "40001";

/** Six times, with full jitter between them: at most 620 ms in all. */
const sixTimes: Again = {
  tries: 6,
  pauseMs: (nth) => Math.random() * 10 * 2 ** nth,
  sleep: (ms) => sleep(ms),
};

/**
 * Sends a statement that is a transaction of its own, again where it lost to another one or met a changed catalog, for then it did nothing. After the
 * last time the error is thrown as it is.
 */
export async function againWhereLost<T>(
  send: () => Promise<T>,
  { tries, pauseMs, sleep }: Again,
  lost = isLost,
): Promise<T> {
  for (let nth = 1; ; nth++) {
    try {
      return await send();
    } catch (error) {
      if (!lost(error) || nth >= tries) throw error;
      await sleep(pauseMs(nth));
    }
  }
}

/** {@link againWhereLost} up to six times; one that lost each time is Unavailable. */
export const statementAgain = <T>(send: () => Promise<T>): Promise<T> =>
  soon("statement", send, isLost);

/**
 * A transaction that runs again, up to six times, where another won or the catalog was changed, for then nothing of it was committed; one that lost each time is Unavailable. `body`
 * runs anew each time: what it does beside its statements, it must do afresh. A commit of unknown outcome is not repeated.
 */
export const transactionAgain = <T>(
  pool: Pool,
  body: (on: Queryable) => Promise<T>,
  access?: Access,
): Promise<T> => soon("transaction", () => transaction(pool, body, access), isLostRace);

async function soon<T>(
  what: string,
  send: () => Promise<T>,
  lost: (error: unknown) => boolean,
): Promise<T> {
  try {
    return await againWhereLost(send, sixTimes, lost);
  } catch (error) {
    if (!lost(error)) throw error;
    const times = `a ${what} lost to others ${sixTimes.tries} times`;
    throw new Unavailable("database", times, { cause: error });
  }
}
