import { LostRace, OutcomeUnknown, type Store } from "../../shared/ports/store.ts";
import { Unavailable } from "../../shared/ports/unavailable.ts";

/** What becomes of one transaction: it commits and nobody learns; the connection goes before COMMIT; somebody else wins; all is well. */
export type Fate = "unknown, committed" | "unknown, not committed" | "lost" | "well";

class Abandoned extends Error {}

/** `store`, whose first transactions meet `fates`; `readBacks` of its first reads by event id meet an outage. */
export function failingStore(
  store: Store,
  fates: readonly Fate[] | ((attempt: number) => Fate),
  readBacks = 0,
): Store & { readonly attempts: number; readonly asked: number } {
  let attempts = 0;
  let asked = 0;
  const fateOf = typeof fates === "function" ? fates : (n: number) => fates[n] ?? "well";
  return {
    ...store,
    get attempts() {
      return attempts;
    },
    get asked() {
      return asked;
    },
    transaction: async (insurer, body) => {
      const fate = fateOf(attempts++);
      if (fate === "lost") throw new LostRace("a test's");
      if (fate === "unknown, not committed") {
        const rolledBack = store.transaction(insurer, async (on) => {
          await body(on);
          throw new Abandoned();
        });
        await rolledBack.catch((error: unknown) => {
          if (!(error instanceof Abandoned)) throw error;
        });
        throw new OutcomeUnknown("a test's");
      }
      const result = await store.transaction(insurer, body);
      if (fate === "unknown, committed") throw new OutcomeUnknown("a test's");
      return result;
    },
    committed: async (insurer, eventId) => {
      if (asked++ < readBacks) throw new Unavailable("database", "a test's outage");
      return store.committed(insurer, eventId);
    },
  };
}

/** `store`, whose transactions meet a fate each when they write; one that only reads meets none. */
export const failingWrites = (store: Store, fateOf: () => Fate): Store => ({
  ...store,
  transaction: async (insurer, body) => {
    let fate = "well" as Fate;
    try {
      const result = await store.transaction(insurer, (on) =>
        body({
          ...on,
          write: async (set) => {
            fate = fateOf();
            if (fate === "lost") throw new LostRace("a test's");
            if (fate === "unknown, not committed") throw new Abandoned();
            await on.write(set);
          },
        }),
      );
      if (fate === "unknown, committed") throw new OutcomeUnknown("a test's");
      return result;
    } catch (error) {
      throw error instanceof Abandoned ? new OutcomeUnknown("a test's") : error;
    }
  },
});
