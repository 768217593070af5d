import { randomInt } from "node:crypto";
import { freePort } from "../../local/postgres/free-port.ts";

/**
 * The first of `count` ports in a row that are free at 127.0.0.1 and stay so until a program that can't be told 0 is up: they are none of those that
 * systems give out by themselves, to servers and to connections, which keep theirs for a minute after they end.
 */
export async function quietPort(count = 1): Promise<number> {
  for (;;) {
    const first = randomInt(20_000, 32_000);
    const row = Array.from({ length: count }, (_, n) => freePort(first + n));
    if ((await Promise.allSettled(row)).every(({ status }) => status === "fulfilled")) return first;
  }
}
