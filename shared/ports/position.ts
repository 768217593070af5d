import type { Handle } from "../base/handle.ts";

/** Where a page ends: the sorted value of its last row, and that row's stream. */
export interface Position {
  readonly value: bigint;
  readonly stream: Handle;
}
