import { lazily } from "../../shared/base/lazily.ts";
import type { ObjectStore } from "../../shared/ports/objects.ts";
import type { PackCatalog } from "../command/pack-catalog.ts";

/** Reads the module that has the catalog. */
type Read = () => Promise<{ readonly packCatalog: (published: ObjectStore) => PackCatalog }>;

/** A pack catalog that is read, and the rule engine with it, when the first pack is: most calls need neither. */
export function catalogWhenAsked(published: ObjectStore, read: Read): PackCatalog {
  const catalog = lazily(async () => {
    const { packCatalog } = await read();
    return packCatalog(published);
  });
  return {
    load: async (insurer, hash) => (await catalog()).load(insurer, hash),
    put: async (insurer, pack) => (await catalog()).put(insurer, pack),
  };
}
