import { equal } from "../../shared/base/bytes.ts";
import type { Instant } from "../../shared/base/instant.ts";
import { unlessMalformed } from "../../shared/base/malformed.ts";
import { formatCheckpoint } from "../../shared/log/checkpoint.ts";
import { emptyRoot } from "../../shared/log/hash.ts";
import { parseNote } from "../../shared/log/note.ts";
import type { CheckpointKey } from "../../shared/ports/keys.ts";
import type { Evidence, LedgerDigest, LedgerEngine } from "../../shared/ports/ledger.ts";
import type { ObjectStore, StoredObject } from "../../shared/ports/objects.ts";
import type {
  GateRefusal,
  GateRefusalCode,
  SignedNote,
  SigningGate,
} from "../../shared/ports/signing.ts";
import { formatLatest, type Latest, latestKey, noteKey, parseLatest } from "./latest.ts";
import { signNote } from "./sign-note.ts";
import { hasSuccessor, markSuccession } from "./succession.ts";

/** What the gate is made of. Its store is its own: not the ledger's database, and not the published folder. */
export interface SignerPorts {
  readonly store: ObjectStore;
  /** Every checkpoint is signed once with each. */
  readonly keys: readonly CheckpointKey[];
  readonly extend: LedgerEngine["extend"];
  /** The log's origin, which is also the name of its keys. */
  readonly originOf: (insurer: string) => string;
  /** Further lines of every note; none for a tree of our own. */
  readonly extensions?: readonly string[];
  readonly clock: () => Instant;
}

/** The state of a log of which nothing was signed. */
export const nothingSigned: Latest = { before: 0n, size: 0n, root: emptyRoot, frontier: [] };

/** Lets a new log be signed: `latest` becomes (0, empty root), only where nothing is. */
export const initSigner = (store: ObjectStore, insurer: string): Promise<"stored" | "exists"> =>
  store.putIfAbsent(latestKey(insurer), formatLatest(nothingSigned));

/** The gate over {@link signCheckpoint}. */
export const signingGate = (ports: SignerPorts): SigningGate => ({
  latest: async (insurer) => {
    const held = await heldState(ports.store, insurer);
    return "refused" in held ? held : held.latest;
  },
  sign: (insurer, digest, evidence) => signCheckpoint(ports, insurer, digest, evidence),
});

/**
 * The signed note of `digest`, if it extends what was signed last: check the evidence, swap `latest`, sign, keep the note, answer. The swap comes
 * before the signature, so after a crash the same digest and no other is signed. A note once kept is what every later call answers. Its time is
 * taken before the swap, and where that was done before, ahead of reading `latest`: when it is signed a larger one may be there. Throws
 * Unavailable, and then the same call again is safe.
 */
export async function signCheckpoint(
  ports: SignerPorts,
  insurer: string,
  digest: LedgerDigest,
  evidence: Evidence,
): Promise<SignedNote | GateRefusal> {
  if (digest.size <= 0n) return refuse("empty-tree", "the empty tree is never signed");
  const asked = ports.clock();
  const held = await heldState(ports.store, insurer);
  if ("refused" in held) return held;
  const { latest } = held;
  const fork = forkOf(latest, digest);
  if (fork !== undefined) return fork;
  if (digest.size === latest.size) return keptNote(ports, insurer, latest, asked);
  const state = ports.extend(latest, digest, evidence);
  if (state === undefined) {
    const what = `size ${digest.size} is not shown to extend ${latest.size}`;
    return refuse("not-an-extension", what);
  }
  const next = { ...state, before: latest.size };
  const now = ports.clock();
  return (await goOn(ports.store, insurer, held, next)) ?? keptNote(ports, insurer, next, now);
}

/** Swaps `latest` from `held` to `next`, unless the gate went on from `held` before: then an older state was put back. */
async function goOn(
  store: ObjectStore,
  insurer: string,
  held: HeldState,
  next: Latest,
): Promise<GateRefusal | undefined> {
  const inOrder = await markSuccession(store, insurer, held.latest);
  if (!inOrder || (await hasSuccessor(store, insurer, held.latest))) {
    const now = await heldState(store, insurer);
    if (!("refused" in now) && now.tag !== held.tag) return raced;
    return refuse("rolled-back", `size ${held.latest.size} is the latest, but more was signed`);
  }
  const swap = await store.replace(latestKey(insurer), formatLatest(next), held.tag);
  return swap === "changed" ? raced : undefined;
}

/** Why `digest` can't be what `latest` became; undefined when it is larger, or the same. */
function forkOf(latest: LedgerDigest, digest: LedgerDigest): GateRefusal | undefined {
  if (digest.size < latest.size) {
    return refuse("fork", `size ${digest.size} was asked for after ${latest.size} was signed`);
  }
  if (digest.size > latest.size || equal(digest.root, latest.root)) return undefined;
  return refuse("fork", `another root was asked for at size ${latest.size}, which was signed`);
}

/** The note that is kept for `latest`; signed and kept now where none is. */
async function keptNote(
  { store, keys, originOf, extensions = [] }: SignerPorts,
  insurer: string,
  latest: Latest,
  now: Instant,
): Promise<SignedNote | GateRefusal> {
  const { size, root } = latest;
  const at = noteKey(insurer, size);
  const checkpoint = { origin: originOf(insurer), size, root, extensions };
  const text = formatCheckpoint(checkpoint);
  const kept = await store.get(at);
  if (kept !== undefined) return answer(kept, text);
  if (!(await markSuccession(store, insurer, latest))) {
    return refuse("rolled-back", `another state is marked as the one after size ${latest.before}`);
  }
  const note = await signNote(keys, checkpoint, now);
  if ((await store.putIfAbsent(at, note)) === "stored") return { note };
  const first = await store.get(at);
  return first === undefined
    ? refuse("raced", "the note was there and is gone")
    : answer(first, text);
}

function answer({ bytes }: StoredObject, text: string): SignedNote | GateRefusal {
  const same = unlessMalformed(() => parseNote(bytes).text === text) ?? false;
  return same ? { note: bytes } : refuse("other-note", "the note kept for this size is another");
}

interface HeldState {
  readonly latest: Latest;
  readonly tag: string;
}

async function heldState(store: ObjectStore, insurer: string): Promise<HeldState | GateRefusal> {
  const held = await store.get(latestKey(insurer));
  if (held === undefined) {
    return refuse("no-state", "the signer has no state of this log: it was never opened, or lost");
  }
  const latest = unlessMalformed(() => parseLatest(held.bytes));
  if (latest === undefined) return refuse("unreadable-state", "the signer's state can't be read");
  return { latest, tag: held.tag };
}

const refuse = (refused: GateRefusalCode, detail: string): GateRefusal => ({ refused, detail });
const raced = refuse("raced", "another call signed meanwhile");
