import { isLive } from "../../../shared/api/log-path.ts";
import { assert } from "../../../shared/base/malformed.ts";
import type { ObjectStore } from "../../../shared/ports/objects.ts";

/**
 * One published store of two: `live` holds what changes or goes ({@link isLive}), `locked` the rest, from which nothing is ever deleted or
 * overwritten. Readers see one layout.
 */
export function publishedStore(
  locked: Omit<ObjectStore, "delete" | "replace">,
  live: ObjectStore,
): ObjectStore {
  const of = (key: string) => (isLive(key) ? live : locked);
  const changing = (key: string): ObjectStore => {
    assert(isLive(key), "what is locked is put once and never deleted");
    return live;
  };
  return {
    get: (key) => of(key).get(key),
    putIfAbsent: (key, bytes) => of(key).putIfAbsent(key, bytes),
    replace: async (key, bytes, held) => changing(key).replace(key, bytes, held),
    delete: async (key) => changing(key).delete(key),
    list: (prefix) => merged(locked.list(prefix), live.list(prefix)),
  };
}

/** Two sorted lists as one. */
async function* merged(...lists: readonly AsyncIterable<string>[]): AsyncIterable<string> {
  const heads = await Promise.all(
    lists.map(async (list) => {
      const each = list[Symbol.asyncIterator]();
      return { each, next: await each.next() };
    }),
  );
  for (;;) {
    const [first] = heads
      .filter(({ next }) => !next.done)
      .sort((a, b) => (a.next.value < b.next.value ? -1 : 1));
    if (first === undefined) return;
    yield first.next.value;
    first.next = await first.each.next();
  }
}
