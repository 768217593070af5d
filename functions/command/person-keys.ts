import type { DataKeyContext, DataKeyService } from "../../shared/ports/keys.ts";
import type { ObjectStore } from "../../shared/ports/objects.ts";

/** Data keys by (insurer, person, class), unwrapped and remembered while the process lives. */
export interface PersonKeys {
  /** The key if it is at hand; never waits. */
  held(context: DataKeyContext): Uint8Array | undefined;
  /** Fetches or makes the key; once it resolves the wrapped key is durable. Throws Unavailable. */
  obtain(context: DataKeyContext): Promise<Uint8Array>;
  /** Fetches the key only if it exists: an erased person has none. */
  find(context: DataKeyContext): Promise<Uint8Array | undefined>;
}

const nameOf = ({ insurer, person, class: part }: DataKeyContext): string =>
  `${insurer}/${person}/${part}`;

/** Keys wrapped by `service`, kept as objects of `store` (unversioned, never in the database). At most `remembered` keys stay in memory. */
export function personKeys(
  service: DataKeyService,
  store: ObjectStore,
  remembered = 20_000,
): PersonKeys {
  const memory = new Map<string, Uint8Array>();
  const pending = new Map<string, Promise<Uint8Array>>();
  const remember = (name: string, key: Uint8Array): Uint8Array => {
    if (memory.size >= remembered) memory.delete(memory.keys().next().value ?? name);
    memory.set(name, key);
    return key;
  };
  const find = async (context: DataKeyContext): Promise<Uint8Array | undefined> => {
    const name = nameOf(context);
    const kept = memory.get(name);
    if (kept) return kept;
    const wrapped = await store.get(name);
    return wrapped && remember(name, await service.unwrap(wrapped.bytes, context));
  };
  const make = async (context: DataKeyContext): Promise<Uint8Array> => {
    const name = nameOf(context);
    const found = await find(context);
    if (found) return found;
    const { plain, wrapped } = await service.generate(context);
    if ((await store.putIfAbsent(name, wrapped)) === "stored") return remember(name, plain);
    const other = await find(context);
    if (!other) throw new Error("bug: a wrapped key that exists can't be read");
    return other;
  };
  return {
    held: (context) => memory.get(nameOf(context)),
    obtain: (context) => {
      const name = nameOf(context);
      const under = pending.get(name) ?? make(context).finally(() => pending.delete(name));
      pending.set(name, under);
      return under;
    },
    find,
  };
}
