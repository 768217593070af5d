import type { Lease, Pool } from "../../functions/adapters/postgres/pool.ts";
import type { ObjectStore } from "../../shared/ports/objects.ts";
import type { Witnesses } from "../../shared/ports/witnesses.ts";
import type { Watching } from "./stage.ts";

/** Every step of the walk from outbox to checkpoint, by the operations that are this step. */
export const steps: Readonly<Record<string, RegExp>> = {
  "claim the head": /^UPDATE head SET claimed_at/,
  "insert the entries": /^INSERT INTO entry/,
  "delete from the outbox": /^DELETE FROM outbox/,
  "insert the checkpoint row": /^INSERT INTO checkpoint/,
  "move the head": /^UPDATE head SET size/,
  "commit the entries": /^COMMIT$/,
  "mark what follows a size": /^signed put \S+\/after\/\d+$/,
  "swap the signer's latest": /^signed replace \S+\/latest$/,
  "keep the signer's note": /^signed put \S+\/notes\/\d+$/,
  "publish a bundle": /^published put \S+\/tile\/entries\//,
  "publish a tile": /^published put \S+\/tile\/\d+\//,
  "copy what is sealed": /^sealed put /,
  "have a witness cosign": /^ask /,
  "publish the stored note": /^published put \S+\/checkpoints\/\d+$/,
  "show the checkpoint": /^published replace \S+\/checkpoint$/,
  "keep the edge of the day": /^published put \S+\/edges\//,
  "collect a partial": /^published delete /,
};

/** A process's death: before or after it does this step. */
export interface Death {
  readonly step: string;
  readonly when: "before" | "after";
}

/** Everything a walker does, with `died` called before or after the first operation that is the step of `death`. */
export function watchFor(death: Death | undefined, died: () => void): Watching {
  const pattern = death && steps[death.step];
  async function doing<T>(operation: string, call: () => Promise<T>): Promise<T> {
    const hit = pattern?.test(operation) ?? false;
    if (hit && death?.when === "before") died();
    const done = await call();
    if (hit) died();
    return done;
  }
  const leased = (lease: Lease): Lease => ({
    ...lease,
    query: (text, values) => doing(text, () => lease.query(text, values)),
    commit: () => doing("COMMIT", () => lease.commit()),
  });
  return {
    pool: (inner: Pool): Pool => ({ ...inner, lease: async () => leased(await inner.lease()) }),
    store: (name: string, inner: ObjectStore): ObjectStore => ({
      get: (key) => inner.get(key),
      list: (prefix) => inner.list(prefix),
      putIfAbsent: (key, bytes) => doing(`${name} put ${key}`, () => inner.putIfAbsent(key, bytes)),
      replace: (key, bytes, held) =>
        doing(`${name} replace ${key}`, () => inner.replace(key, bytes, held)),
      delete: (key) => doing(`${name} delete ${key}`, () => inner.delete(key)),
    }),
    witnesses: (inner: Witnesses): Witnesses => ({
      policy: inner.policy,
      ask: (witness, request) => doing(`ask ${witness.name}`, () => inner.ask(witness, request)),
    }),
  };
}
