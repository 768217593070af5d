import { Malformed } from "../../shared/base/malformed.ts";
import { type CompiledPack, compilePack } from "../../shared/coverage/compile.ts";
import { type Pack, packBytes, packHash, parsePublishedPack } from "../../shared/coverage/pack.ts";
import type { ObjectStore } from "../../shared/ports/objects.ts";

/** Published packs by hash, compiled once and remembered (at most 256). */
export interface PackCatalog {
  load(insurer: string, hash: string): Promise<CompiledPack>;
  /** Stores the pack's text where everyone reads it; durable before the record that names its hash. */
  put(insurer: string, pack: Pack): Promise<void>;
}

/** The key of a pack's text beside its insurer's log. */
export const packKey = (insurer: string, hash: string): string => `${insurer}/packs/${hash}.json`;

/** A catalog over the published store. A text that doesn't hash to its name is Malformed. */
export function packCatalog(published: ObjectStore): PackCatalog {
  const compiled = new Map<string, CompiledPack>();
  return {
    load: async (insurer, hash) => {
      const known = compiled.get(hash);
      if (known) return known;
      const stored = await published.get(packKey(insurer, hash));
      if (!stored) throw new Malformed(packKey(insurer, hash), "is missing");
      const pack = parsePublishedPack(stored.bytes);
      if (packHash(pack) !== hash) throw new Malformed(packKey(insurer, hash), "has another hash");
      const ready = compilePack(pack);
      if (compiled.size >= 256) compiled.clear();
      compiled.set(hash, ready);
      return ready;
    },
    put: async (insurer, pack) => {
      compilePack(pack);
      await published.putIfAbsent(packKey(insurer, packHash(pack)), packBytes(pack));
    },
  };
}
