import type { Json } from "../../shared/base/canonical.ts";
import { type BundleOptions, bundleOf, entriesOf, type Files, type Item } from "./bundle.ts";
import { honestWalk, type Walk } from "./walk.ts";

/** An honest log, and what can be done to it. */
export interface Honest {
  readonly walk: Walk;
  /** The file of all its entries. */
  readonly entries: string;
  /** "<index> <code>" of the record called `name`. */
  finding(name: string, code: string): string;
  fields(name: string): Record<string, Json>;
  bundle(over?: BundleOptions): Files;
  /** The bundle of other items, sealed, chained, rehashed and signed anew. */
  rebuilt(items: readonly Item[], over?: BundleOptions): Files;
  /** The same where `change` rewrote the record called `name`. */
  rewritten(name: string, change: (item: Item) => Partial<Item>, over?: BundleOptions): Files;
  /** The same where some of its fields are others. */
  forged(name: string, over: Record<string, Json>): Files;
}

/** The honest walk, or another, with three historic notes. */
export async function honestLog(walked?: Walk): Promise<Honest> {
  const walk = walked ?? (await honestWalk());
  const options = (over: BundleOptions = {}): BundleOptions => ({
    packs: walk.packs,
    notes: [1, 4, 9],
    ...over,
  });
  const honest: Honest = {
    walk,
    entries: `public/tile/entries/000.p/${walk.items.length}`,
    finding: (name, code) => `${walk.at(name)} ${code}`,
    fields: (name) => ({ ...walk.items[walk.at(name)]?.fields }),
    bundle: (over) => honest.rebuilt(walk.items, over),
    rebuilt: (items, over) => bundleOf(entriesOf(items), options(over)),
    rewritten: (name, change, over) => {
      const at = walk.at(name);
      const items = walk.items.map((item, index) =>
        index === at ? { ...item, ...change(item) } : item,
      );
      return honest.rebuilt(items, over);
    },
    forged: (name, over) =>
      honest.rewritten(name, ({ fields }) => ({ fields: { ...fields, ...over } })),
  };
  return honest;
}
