import { fromUtf8, utf8 } from "../../shared/base/bytes.ts";
import { canonicalText } from "../../shared/base/canonical.ts";
import type { PartClass } from "../../shared/base/part-class.ts";
import type { PartCipher } from "../../shared/ports/cipher.ts";
import { MissingKeys, type PersonKeys } from "./person-keys.ts";

/** What opens and closes state rows. */
export interface RowPorts {
  readonly keys: PersonKeys;
  readonly cipher: PartCipher;
  readonly random: (bytes: number) => Uint8Array;
}

/** Which row: its table and key, at which version, and whose data under which class. */
export interface RowPlace {
  readonly insurer: string;
  readonly table: string;
  readonly key: string;
  readonly version: bigint;
  readonly person: string;
  readonly class: PartClass;
}

/**
 * A row's state as it is kept: base64 of an AES-256-GCM ciphertext under the person's data key, bound to its place, so that neither a row's state
 * nor an older version's can be put into another row. Throws MissingKeys.
 */
export function closeState({ keys, cipher, random }: RowPorts, place: RowPlace, state: string) {
  const key = keys.held(place);
  if (!key) throw new MissingKeys([place], []);
  const closed = cipher.encrypt(key, random(12), contextOf(place), utf8(state));
  return Buffer.from(closed).toString("base64");
}

/** The state that {@link closeState} closed; undefined where it was erased. Throws MissingKeys; Malformed where somebody changed the row. */
export function openState(
  { keys, cipher }: Pick<RowPorts, "keys" | "cipher">,
  place: RowPlace,
  state: string,
): string | undefined {
  if (state === "") return undefined;
  const key = keys.held(place);
  if (key === undefined) throw new MissingKeys([], [place]);
  if (key === null) return undefined;
  return fromUtf8(cipher.decrypt(key, contextOf(place), Buffer.from(state, "base64")));
}

const contextOf = ({ insurer, table, key, version, person, class: part }: RowPlace): Uint8Array =>
  utf8(
    canonicalText(["countersign-row/v1", insurer, table, key, version.toString(), person, part]),
  );
