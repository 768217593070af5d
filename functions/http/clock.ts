import type { Instant } from "../../shared/base/instant.ts";

/** The wall clock: microseconds since 1970, to the millisecond the system gives. */
export const wallClock = (): Instant => BigInt(Date.now()) * 1000n;
