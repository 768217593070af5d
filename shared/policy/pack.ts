import * as z from "zod";
import { type DomainEvent, eventForm, eventOf, type Seen } from "../base/event.ts";
import { type Refusal, refuse } from "../base/refusal.ts";
import { type Pack, packHash } from "../coverage/pack.ts";
import type { InsurerState } from "./insurer.ts";

/** A rule pack's stream: the newest published version and the hash of its text. The text itself is a public document beside the log. */
export interface PackState {
  readonly pack: string;
  readonly version: bigint;
  readonly hash: string;
}

const digits = z.codec(z.string().regex(/^[1-9][0-9]{0,18}$/), z.bigint(), {
  decode: (text) => BigInt(text),
  encode: (count) => count.toString(),
});
/** How a pack's state is kept, and what its record says: the same three values. */
export const packStateSchema = z.strictObject({
  pack: z.string().min(1).max(120),
  version: digits,
  hash: z.string().regex(/^[0-9a-f]{64}$/),
});
export const packForm = eventForm("pack.published", packStateSchema);

/** Publishes a pack's first or next version. Versions rise by one, in the insurer's currency. */
export function publishPack(
  insurer: Seen<InsurerState>,
  before: Seen<PackState> | undefined,
  stream: string,
  pack: Pack,
): DomainEvent | Refusal {
  if (insurer.state.kind === "intake") return refuse("kind-has-none", "An intake has no packs.");
  if (pack.currency !== insurer.state.currency) {
    return refuse("currency-mismatch", "The pack is not in the insurer's currency.", "currency");
  }
  const version = BigInt(pack.version);
  if (version !== (before?.state.version ?? 0n) + 1n || (before && before.state.pack !== pack.id)) {
    return refuse("wrong-state", "A pack's versions rise by one under one id.", "version");
  }
  return eventOf(packForm, stream, { pack: pack.id, version, hash: packHash(pack) });
}

/** The pack after `event`. */
export const evolvePack = (event: DomainEvent): PackState => event.content as PackState;
