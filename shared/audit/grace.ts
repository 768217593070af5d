import type { DomainEvent } from "../base/event.ts";
import { type Instant, minuteStart } from "../base/instant.ts";
import { type Breached, breachedForm } from "../claim/breach.ts";
import { type Decided, decidedForm } from "../claim/decided.ts";
import { type PayeeChanged, payeeChangedForm } from "../claim/payee.ts";
import { type Proposed, proposedForm } from "../payout/forms.ts";
import type { InsurerState } from "../policy/insurer.ts";
import type { PackState } from "../policy/pack.ts";
import type { Fold } from "./fold.ts";
import type { Document, Published } from "./published.ts";
import type { Reader } from "./reader.ts";

/** A pack, or bands, payments or clocks, which no decision writes, may have been superseded less than this long before an act's own time. */
export const graceUs = 5n * 60n * 1_000_000n;

/** What of an insurer's state each document that it publishes sets. */
const parts = {
  bands: ({ bands, bandsVersion }) => ({ bands, bandsVersion }),
  payments: ({ payments }) => payments && { payments },
  clocks: ({ clocks }) => clocks && { clocks },
} satisfies Partial<Record<Document, (state: InsurerState) => Partial<InsurerState> | undefined>>;

/** A published document that an act read, by its version. */
interface Named {
  readonly document: keyof typeof parts;
  readonly version: bigint;
}

/** The fold, with the one document the event names as it was, where a newer version of it came within the grace before the event's own time `now`. */
export function readerFor(fold: Fold, event: DomainEvent, now: Instant): Reader {
  if (event.type === decidedForm.type) {
    const { pack } = event.content as Decided;
    const older = pack && graced<PackState>(fold, pack.stream, "pack", pack.version, now);
    if (!older) return fold;
    const { stream } = pack;
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
  const { document, version } = named;
  const older = graced<InsurerState>(fold, insurer.stream, document, version, now);
  if (!older) return fold;
  const state = { ...insurer.state, ...parts[document](older.state) };
  return { ...through(fold), insurer: async () => ({ ...insurer, state }) };
}

/** Which document of the insurer's an act read, as its record says. */
function namedOf({ type, content }: DomainEvent): Named | undefined {
  switch (type) {
    case proposedForm.type: {
      const { head, bandsVersion } = content as Proposed;
      return { document: head === "indemnity" ? "bands" : "payments", version: bandsVersion };
    }
    case breachedForm.type:
      return { document: "clocks", version: (content as Breached).clocksVersion };
    case payeeChangedForm.type:
      return { document: "payments", version: (content as PayeeChanged).paymentsVersion };
    default:
      return undefined;
  }
}

function graced<State extends InsurerState | PackState>(
  fold: Fold,
  stream: string,
  document: Document,
  version: bigint,
  now: Instant,
): Published<State> | undefined {
  const versions = fold.published(stream, document) as readonly Published<State>[];
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
