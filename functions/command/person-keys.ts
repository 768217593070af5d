import type { Instant } from "../../shared/base/instant.ts";
import type { DataKeyContext, DataKeyService } from "../../shared/ports/keys.ts";
import type { ObjectStore } from "../../shared/ports/objects.ts";
import { wallClock } from "../http/clock.ts";

/** Data keys by (insurer, person, class), unwrapped and remembered for a while. */
export interface PersonKeys {
  /** The key if it is at hand, null if there is known to be none (erased); undefined: ask {@link find} or {@link obtain}. Never waits. */
  held(context: DataKeyContext): Uint8Array | null | undefined;
  /** Fetches or makes the key; once it resolves the wrapped key is durable. Throws Unavailable. */
  obtain(context: DataKeyContext): Promise<Uint8Array>;
  /**
   * Fetches the key of something that was closed under it. Keys are durable before what they close, so where there is none the person was erased, and
   * that is remembered. Throws Unavailable.
   */
  find(context: DataKeyContext): Promise<Uint8Array | undefined>;
  /** Fetches the key if there is one, for what may be read next; that there is none yet says nothing. Throws Unavailable. */
  prefetch(context: DataKeyContext): Promise<void>;
  /** Deletes the wrapped key and forgets the key; others that remember it do so within {@link trustMs}, or when they are told. Fine where there is none. */
  destroy(context: DataKeyContext): Promise<void>;
  /** Forgets a key that somebody else destroyed. */
  forget(context: DataKeyContext): void;
}

/** How long a remembered key, or its absence, is used before the store is asked whether that is still so. */
export const trustMs = 60_000;

/** Data keys that must be at hand before a transaction can go on: those to read with only if they exist. */
export class MissingKeys extends Error {
  readonly write: readonly DataKeyContext[];
  readonly read: readonly DataKeyContext[];
  constructor(write: readonly DataKeyContext[], read: readonly DataKeyContext[]) {
    super("data keys are missing");
    this.write = write;
    this.read = read;
  }
}

/** Where wrapped keys lie: one object per insurer, person and class. */
export const wrappedKeyName = ({ insurer, person, class: part }: DataKeyContext): string =>
  `${insurer}/${person}/${part}`;

interface Remembered {
  readonly key: Uint8Array | null;
  /** The wrapped key's tag. */
  readonly tag: string;
  readonly until: Instant;
}

/** `keys` for one attempt: a key that was at hand once stays so to its end, though its time to be trusted ends meanwhile; an erased one does not. */
export function heldThroughout(keys: PersonKeys): PersonKeys {
  const seen = new Map<string, Uint8Array>();
  return {
    ...keys,
    held: (context) => {
      const name = wrappedKeyName(context);
      const key = keys.held(context);
      if (key) seen.set(name, key);
      return key === undefined ? seen.get(name) : key;
    },
  };
}

/** Keys wrapped by `service`, kept as objects of `store` (unversioned, never in the database). At most `remembered` keys stay in memory. */
export function personKeys(
  service: DataKeyService,
  store: ObjectStore,
  remembered = 20_000,
  clock: () => Instant = wallClock,
): PersonKeys {
  const memory = new Map<string, Remembered>();
  const pending = new Map<string, Promise<Uint8Array>>();
  const remember = <Key extends Uint8Array | null>(name: string, key: Key, tag: string): Key => {
    memory.delete(name);
    if (memory.size >= remembered) memory.delete(memory.keys().next().value ?? name);
    memory.set(name, { key, tag, until: clock() + BigInt(trustMs) * 1000n });
    return key;
  };
  const held = (context: DataKeyContext): Uint8Array | null | undefined => {
    const kept = memory.get(wrappedKeyName(context));
    return kept && kept.until > clock() ? kept.key : undefined;
  };
  const fetch = async (context: DataKeyContext): Promise<Uint8Array | undefined> => {
    const name = wrappedKeyName(context);
    const wrapped = await store.get(name);
    if (!wrapped) return undefined;
    const kept = memory.get(name);
    const same = kept?.key && kept.tag === wrapped.tag ? kept.key : undefined;
    return remember(name, same ?? (await service.unwrap(wrapped.bytes, context)), wrapped.tag);
  };
  const make = async (context: DataKeyContext): Promise<Uint8Array> => {
    const name = wrappedKeyName(context);
    const found = held(context) ?? (await fetch(context));
    if (found) return found;
    const { plain, wrapped } = await service.generate(context);
    if ((await store.putIfAbsent(name, wrapped)) === "stored") {
      remember(name, plain, "");
      return plain;
    }
    const other = await fetch(context);
    if (!other) throw new Error("bug: a wrapped key that exists can't be read");
    return other;
  };
  const forget = (context: DataKeyContext): void => {
    remember(wrappedKeyName(context), null, "");
  };
  return {
    held,
    obtain: (context) => {
      const name = wrappedKeyName(context);
      const under = pending.get(name) ?? make(context).finally(() => pending.delete(name));
      pending.set(name, under);
      return under;
    },
    find: async (context) => {
      const known = held(context);
      if (known !== undefined) return known ?? undefined;
      const found = await fetch(context);
      if (!found) remember(wrappedKeyName(context), null, "");
      return found;
    },
    prefetch: async (context) => {
      if (held(context) === undefined) await fetch(context);
    },
    destroy: async (context) => {
      await store.delete(wrappedKeyName(context));
      forget(context);
    },
    forget,
  };
}
