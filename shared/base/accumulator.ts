import type { Handle } from "./handle.ts";

/**
 * What invariants that span rows rest on: one row per policy and one per claim, updated by everything that relies on it; and a few per
 * person, without values: what opens something of a person updates one of them, what erases the person all. A payment
 * file's, without values, too, is made by the one release there can be of it.
 */
export type Subject =
  | `policy/${Handle}`
  | `claim/${Handle}`
  | `person/${Handle}/${number}`
  | `file/${Handle}`;

/** Rows of one person, so that claims of one person at the same time seldom meet. */
export const personRows = 16;

/** The row as read: `version` counts its updates from 1; `values` are minor units by name. */
export interface Accumulator {
  readonly subject: Subject;
  readonly version: bigint;
  readonly values: Readonly<Record<string, bigint>>;
}

/** What one event adds to one accumulator; an empty `add` still counts as an update. */
export interface Delta {
  readonly subject: Subject;
  readonly add: Readonly<Record<string, bigint>>;
}

/** The accumulator before its first update. */
export const newAccumulator = (subject: Subject): Accumulator => ({
  subject,
  version: 0n,
  values: {},
});

/** The accumulator after `delta`: one version on, every named value moved. */
export function accumulate(before: Accumulator, delta: Delta): Accumulator {
  const values: Record<string, bigint> = { ...before.values };
  for (const [name, minor] of Object.entries(delta.add)) {
    values[name] = (values[name] ?? 0n) + minor;
  }
  return { subject: before.subject, version: before.version + 1n, values };
}

/** Minor units of `name`, zero if nothing was ever added. */
export const minorOf = (accumulator: Accumulator, name: string): bigint =>
  accumulator.values[name] ?? 0n;
