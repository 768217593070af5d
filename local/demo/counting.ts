import type { Store } from "../../shared/ports/store.ts";

/** `store` with a count of the transactions that wrote something and were committed; `add` takes those of another thread. */
export function countingStore(store: Store): Store & {
  readonly committedCount: () => number;
  readonly add: (committed: number) => void;
} {
  let count = 0;
  return {
    ...store,
    transaction: async (insurer, body) => {
      let wrote = false;
      const result = await store.transaction(insurer, (on) =>
        body({
          ...on,
          write: (set) => {
            wrote = true;
            return on.write(set);
          },
        }),
      );
      if (wrote) count++;
      return result;
    },
    committedCount: () => count,
    add: (committed) => {
      count += committed;
    },
  };
}

/** What `work` comes to on `ports`, and how many transactions that wrote something it committed. */
export async function counted<Ports extends { readonly store: Store }, Done>(
  ports: Ports,
  work: (ports: Ports) => Promise<Done>,
): Promise<{ readonly done: Done; readonly transactions: number }> {
  const store = countingStore(ports.store);
  const done = await work({ ...ports, store });
  return { done, transactions: store.committedCount() };
}
