/** countersign/log: an RFC 6962 tree in C2SP formats. Readers throw {@link Malformed}; verifiers answer. */
export { Malformed } from "../base/malformed.ts";
export { formatBundle, maxEntryBytes, parseBundle } from "./bundle.ts";
export { type Checkpoint, formatCheckpoint, parseCheckpoint } from "./checkpoint.ts";
export {
  cosignatureMessage,
  cosignedMessage,
  formatTimestamped,
  splitTimestamped,
  type TimestampedSignature,
} from "./cosignature.ts";
export { verifyEd25519 } from "./ed25519.ts";
export {
  append,
  emptyFrontier,
  type Frontier,
  formatFrontier,
  parseFrontier,
  rootOf,
} from "./frontier.ts";
export { emptyRoot, leafHash, nodeHash } from "./hash.ts";
export {
  fingerprint,
  formatVerifierKey,
  keyId,
  parseVerifierKey,
  type SignatureType,
  sameKey,
  type VerifierKey,
  verifierKey,
} from "./key.ts";
export { verifyMlDsa44 } from "./ml-dsa.ts";
export { formatNote, type Note, type NoteSignature, parseNote } from "./note.ts";
export { type OpenedCheckpoint, openCheckpoint } from "./open-checkpoint.ts";
export {
  type NoteRefusal,
  type OpenedNote,
  openNote,
  type VerifiedSignature,
} from "./open-note.ts";
export {
  type Policy,
  type PolicyGroup,
  type PolicyLog,
  type PolicyWitness,
  policyKeys,
  quorumMet,
} from "./policy.ts";
export { formatPolicy, parsePolicy } from "./policy-file.ts";
export {
  formatRequirements,
  parseRequirements,
  type RequiredSignatures,
  type Requirement,
  requirementAt,
} from "./require.ts";
export { type NoteSigner, signCheckpoint } from "./sign-checkpoint.ts";
export {
  type BundleId,
  bundlePath,
  formatTile,
  fullWidth,
  newBundles,
  newTiles,
  parseBundlePath,
  parseTile,
  parseTilePath,
  type TileId,
  tileHolding,
  tilePath,
} from "./tile.ts";
export {
  consistencyFromTiles,
  type FetchTile,
  inclusionFromTiles,
  rootFromTiles,
  type TreeHead,
} from "./tile-reader.ts";
export { type Tree, treeOf } from "./tree.ts";
export {
  type AddCheckpoint,
  formatAddCheckpoint,
  formatCosignatures,
  formatWitnessSize,
  maxWitnessProofHashes,
  parseAddCheckpoint,
  parseCosignatures,
  parseWitnessSize,
} from "./witness.ts";
