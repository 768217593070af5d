import { assert } from "../../shared/base/malformed.ts";
import type { PartClass } from "../../shared/base/part-class.ts";
import type { PartCipher } from "../../shared/ports/cipher.ts";
import type { Store, StoredRecord } from "../../shared/ports/store.ts";
import { parsePart, partContext } from "../../shared/record/part.ts";
import { parseRecord } from "../../shared/record/record.ts";
import type { Opening } from "../../shared/record/sealed.ts";
import type { PersonKeys } from "./person-keys.ts";

/** Where ciphertexts are, and what opens them. */
export interface OpeningPorts {
  readonly store: Pick<Store, "parts">;
  readonly keys: PersonKeys;
  readonly cipher: PartCipher;
}

/**
 * The openings of a record that `may` lets its reader see, sorted by path. A part whose key is gone (erased) opens nothing; one that is
 * there and doesn't decrypt is Malformed.
 */
export async function openRecord(
  { store, keys, cipher }: OpeningPorts,
  insurer: string,
  stored: Pick<StoredRecord, "stream" | "version" | "record">,
  may: (person: string) => boolean = () => true,
): Promise<Opening[]> {
  const record = parseRecord(stored.record);
  if (!("sealed" in record.body)) return [];
  const { root } = record.body.sealed;
  const openings: Opening[] = [];
  for (const part of await store.parts(insurer, stored.stream, stored.version)) {
    if (!may(part.person)) continue;
    const name = { person: part.person, class: part.class as PartClass };
    const key = await keys.find({ insurer, ...name });
    if (!key) continue;
    const context = partContext(record.origin, stored.stream, stored.version, root, name);
    openings.push(...parsePart(cipher.decrypt(key, context, part.ciphertext)));
  }
  assert(new Set(openings.map(({ path }) => path)).size === openings.length, "paths are unique");
  return openings.sort((a, b) => (a.path < b.path ? -1 : 1));
}
