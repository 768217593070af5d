import { type Act, personOf } from "../base/actor.ts";
import { type Day, dayOf, formatDay, parseDay } from "../base/day.ts";
import { type DomainEvent, eventOf, type Seen } from "../base/event.ts";
import type { Handle } from "../base/handle.ts";
import { type Refusal, refuse } from "../base/refusal.ts";
import { failedCases } from "../coverage/cases.ts";
import type { CompiledPack } from "../coverage/compile.ts";
import { worseCases } from "../coverage/favour.ts";
import type { Pack } from "../coverage/pack.ts";
import { type InsurerState, refuseSimulated } from "./insurer.ts";
import {
  isInForce,
  maxVersions,
  type PackState,
  type Published,
  packForm,
  packOn,
} from "./pack.ts";

/** A version to publish, its author, and the texts of the versions before it by hash. */
export interface Publication {
  readonly text: CompiledPack;
  readonly author: Handle;
  readonly earlier: ReadonlyMap<string, CompiledPack>;
}

/**
 * Publishes a pack's first or next version, which the person who acts approves and another wrote. From the second version on none takes effect
 * before the day of its notice, that of the act, unless it says why and no golden case of an earlier version comes out worse under it.
 */
export function publishPack(
  insurer: Seen<InsurerState>,
  before: Seen<PackState> | undefined,
  stream: string,
  publication: Publication,
  act: Act,
): DomainEvent | Refusal {
  const { text, author } = publication;
  const approver = personOf(act);
  if (!approver) return refuse("person-required", "A person approves a pack; a machine can't.");
  const refusal =
    refuseSimulated(insurer, act) ??
    refuseText(insurer, before?.state, text.pack) ??
    refuseCases(text) ??
    refuseTime(before?.state, publication, dayOf(act.now));
  if (refusal) return refusal;
  if (author === approver) {
    return refuse("same-person", "Another person than its author approves a pack.", "author");
  }
  return eventOf(packForm, stream, {
    pack: text.pack.id,
    dateBasis: text.pack.dateBasis,
    version: BigInt(text.pack.version),
    hash: text.hash,
    ...windowOf(text.pack),
    author,
    approver,
  });
}

/** Whether the record of a version says of it what its text says. */
export function saysWhat({ pack }: CompiledPack, published: Published): boolean {
  const { from, to } = windowOf(pack);
  return (
    pack.id === published.pack &&
    BigInt(pack.version) === published.version &&
    pack.dateBasis === published.dateBasis &&
    from === published.from &&
    to === published.to
  );
}

/** The days on which a pack's text says it is in force. */
export const windowOf = ({ effective: { from, to } }: Pack) => ({
  from: parseDay(from, "effective.from"),
  to: to === null ? null : parseDay(to, "effective.to"),
});

function refuseText(
  { state }: Seen<InsurerState>,
  before: PackState | undefined,
  { id, version, currency, dateBasis }: Pack,
): Refusal | undefined {
  if (state.kind === "intake") return refuse("kind-has-none", "An intake has no packs.");
  if (currency !== state.currency) {
    return refuse("currency-mismatch", "The pack is not in the insurer's currency.", "currency");
  }
  const rises = BigInt(version) === (before?.version ?? 0n) + 1n && version <= maxVersions;
  if (!rises || (before && before.pack !== id)) {
    return refuse("wrong-state", "A pack's versions rise by one under one id.", "version");
  }
  if (before && before.dateBasis !== dateBasis) {
    return refuse("wrong-state", "A pack's versions go by one kind of day.", "dateBasis");
  }
  return undefined;
}

function refuseCases(text: CompiledPack): Refusal | undefined {
  const [failed] = failedCases(text);
  if (!failed) return undefined;
  const { name, expected, found } = failed;
  return refuse("golden-case", `${name}: is ${found} where ${expected} is written.`, "cases");
}

function refuseTime(
  before: PackState | undefined,
  { text, earlier }: Publication,
  notice: Day,
): Refusal | undefined {
  const { retroactive } = text.pack;
  const window = windowOf(text.pack);
  const early = before !== undefined && window.from < notice;
  if (!early) {
    if (retroactive === undefined) return undefined;
    const detail = before ? "It takes effect on its notice or later." : "Nothing was before it.";
    return refuse("wrong-state", `The version is not retroactive: ${detail}`, "retroactive");
  }
  if (retroactive === undefined) {
    const day = formatDay(notice);
    const detail = `A version takes effect on ${day}, the day of its notice, at the earliest; earlier only in the insured's favour, with a reason.`;
    return refuse("reason-required", detail, "effective.from");
  }
  for (const { hash, version } of before.versions) {
    const taken = (day: Day) => isInForce(window, day) && packOn(before, day).version === version;
    const known = earlier.get(hash);
    const [worse] = known ? worseCases(known, text, taken) : [];
    if (!worse) continue;
    const { name, earlier: was, later: is } = worse;
    const detail = `A retroactive version may not be worse for anybody: "${name}" of version ${version} is ${is} where it was ${was}.`;
    return refuse("golden-case", detail, "retroactive");
  }
  return undefined;
}
