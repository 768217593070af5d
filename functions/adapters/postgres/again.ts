import { sqlState } from "./translate.ts";

/** How often a statement is sent, and how long is waited after the n-th time, in ms. */
export interface Again {
  readonly tries: number;
  readonly pauseMs: (nth: number) => number;
  readonly sleep: (ms: number) => Promise<unknown>;
}

/** A transaction lost to another, or met a catalog that was changed. */
export const isLost = (error: unknown): boolean => sqlState(error) === "40001";

/**
 * Sends a statement that is a transaction of its own, again where it lost to another one or met a changed catalog (40001; Aurora DSQL's OC000 and OC001), for then it did nothing. After the
 * last time the error is thrown as it is.
 */
export async function againWhereLost<T>(
  send: () => Promise<T>,
  { tries, pauseMs, sleep }: Again,
): Promise<T> {
  for (let nth = 1; ; nth++) {
    try {
      return await send();
    } catch (error) {
      if (!isLost(error) || nth >= tries) throw error;
      await sleep(pauseMs(nth));
    }
  }
}
