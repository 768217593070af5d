import { requireKeyPrefix, requireObjectKey } from "../../functions/adapters/objects/key.ts";
import type { ObjectStore } from "../../shared/ports/objects.ts";
import { tagOf } from "./object-file.ts";

/** Objects that live as long as the process, for tests of what is above the port; `requireKey` says which keys it takes. */
export function memoryStore(requireKey: (key: string) => void = requireObjectKey): ObjectStore {
  const objects = new Map<string, Uint8Array>();
  const tagAt = (key: string) => {
    const bytes = objects.get(key);
    return bytes && tagOf(bytes);
  };
  const replace: ObjectStore["replace"] = async (key, bytes, held) => {
    requireKey(key);
    if (tagAt(key) !== held) return "changed";
    objects.set(key, Uint8Array.from(bytes));
    return "stored";
  };
  return {
    replace,
    async get(key) {
      requireKey(key);
      const bytes = objects.get(key);
      return bytes && { bytes: Uint8Array.from(bytes), tag: tagOf(bytes) };
    },
    async putIfAbsent(key, bytes) {
      return (await replace(key, bytes, undefined)) === "stored" ? "stored" : "exists";
    },
    async *list(prefix) {
      requireKeyPrefix(prefix);
      yield* [...objects.keys()].filter((key) => key.startsWith(prefix)).sort();
    },
    async delete(key) {
      requireKey(key);
      objects.delete(key);
    },
  };
}
