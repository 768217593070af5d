import { Malformed } from "../base/malformed.ts";
import { type Block, parseBlock } from "./block.ts";
import { type IonValue, ionList, readIon } from "./ion.ts";
import { parseRevision, type Revision } from "./revision.ts";
import { fieldsOf, readDigest, readHash, type SavedDigest, unheld } from "./saved-digest.ts";

/** A revision or a block with its proof, as somebody kept them; the digest may have been kept elsewhere. */
export interface SavedReceipt {
  readonly of: { readonly revision: Revision } | { readonly block: Block };
  /** Leaf to root. */
  readonly proof: readonly Uint8Array[];
  readonly digest: SavedDigest | undefined;
}

/**
 * Reads what GetRevision or GetBlock answered, with or without GetDigest's answer in the same object: JSON, or Ion with `revision` or `block`, `proof`,
 * `digest` and `digestTipAddress`; field names in any case. Throws Malformed.
 */
export function parseSavedReceipt(source: string | Uint8Array): SavedReceipt {
  const fields = fieldsOf(readIon(source, "receipt"), "receipt");
  const [revision, block, proof] = ["revision", "block", "proof"].map((name) => fields.get(name));
  if (!revision === !block) throw new Malformed("receipt", "has not one revision or one block");
  if (!proof) throw new Malformed("receipt", "has no proof");
  const holdsDigest = fields.has("digest") || fields.has("ledgerdigest");
  return {
    of: revision
      ? { revision: parseRevision(unheld(revision, "revision")) }
      : { block: parseBlock(unheld(block as IonValue, "block")) },
    proof: ionList(unheld(proof, "proof"), "proof").map((hash, at) =>
      readHash(hash, `proof hash ${at}`),
    ),
    digest: holdsDigest ? readDigest(fields, "receipt") : undefined,
  };
}
