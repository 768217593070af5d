import type { DomainEvent } from "../base/event.ts";
import { type Instant, minuteStart } from "../base/instant.ts";
import { type Breached, breachedForm } from "../claim/breach.ts";
import { type Decided, decidedForm } from "../claim/decided.ts";
import { type PayeeChanged, payeeChangedForm } from "../claim/payee.ts";
import { type Proposed, proposedForm } from "../payout/forms.ts";
import type { InsurerState } from "../policy/insurer.ts";
import type { PackState } from "../policy/pack.ts";
import type { Fold, Published } from "./fold.ts";
import type { Reader } from "./reader.ts";

/** A pack or authority band, which no decision writes, may have been superseded less than this long before an act's own time. */
export const graceUs = 5n * 60n * 1_000_000n;

/** The fold, with the pack or bands the event names where newer ones came within the grace before its own time `now`. */
export function readerFor(fold: Fold, event: DomainEvent, now: Instant): Reader {
  if (event.type === decidedForm.type) {
    const named = (event.content as Decided).pack;
    const older = named && graced<PackState>(fold, named.stream, named.version, now);
    if (!older) return fold;
    const { stream } = named;
    const { version, state } = older;
    return {
      ...through(fold),
      pack: async (of, claim) =>
        of === stream ? fold.ready({ stream, version, state }, claim) : fold.pack(of, claim),
    };
  }
  const insurer = fold.opened;
  const named = namedOf(event);
  if (named === undefined || !insurer) return fold;
  const older = graced<InsurerState>(fold, insurer.stream, named, now);
  if (!older) return fold;
  const { version, state } = older;
  return { ...through(fold), insurer: async () => ({ stream: insurer.stream, version, state }) };
}

/** The version of what the insurer published, its bands, payments or clocks, that an act read. */
function namedOf({ type, content }: DomainEvent): bigint | undefined {
  if (type === proposedForm.type) return (content as Proposed).bandsVersion;
  if (type === breachedForm.type) return (content as Breached).clocksVersion;
  return type === payeeChangedForm.type ? (content as PayeeChanged).paymentsVersion : undefined;
}

function graced<State extends InsurerState | PackState>(
  fold: Fold,
  stream: string,
  version: bigint,
  now: Instant,
): Published<State> | undefined {
  const versions = fold.published(stream) as readonly Published<State>[];
  const next = versions.find((each) => each.version > version);
  if (!next || now - minuteStart(next.time) >= graceUs) return undefined;
  return versions.find((each) => each.version === version);
}

const through = (fold: Fold): Reader => ({
  insurer: () => fold.insurer(),
  stream: (kind, stream) => fold.stream(kind, stream),
  pack: (stream, claim) => fold.pack(stream, claim),
  accumulator: (subject) => fold.accumulator(subject),
  payoutsOf: (claim) => fold.payoutsOf(claim),
});
