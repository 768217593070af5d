import {
  type EventBridgeClient,
  PutEventsCommand,
  type PutEventsRequestEntry,
  type PutEventsResultEntry,
} from "@aws-sdk/client-eventbridge";
import type { ClaimEvent, ClaimEvents } from "../../../shared/ports/claim-events.ts";
import { Unavailable } from "../../../shared/ports/unavailable.ts";
import { translated } from "../aws-error.ts";

/** What the role that calls this adapter must be allowed. */
export const needs = [{ action: "events:PutEvents", resource: "event bus" }] as const;

/** Who says it, on the bus. */
export const eventSource = "countersign";

/** What one request takes: https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html. */
const maxEntries = 10;
const maxAttempts = 6;
const firstWaitMs = 50;

/** Refusals of one entry that may pass; any other is ours. */
const passing: ReadonlySet<string> = new Set([
  "InternalException",
  "InternalFailure",
  "ServiceUnavailable",
  "ThrottlingException",
]);

/** Chance in [0, 1) and the wait between two attempts. */
export interface Patience {
  readonly random: () => number;
  readonly sleep: (ms: number) => Promise<unknown>;
}

/**
 * The event bus `name`. A request that succeeds says of each entry whether it was taken: those that were not are put again, and only those, with full jitter between
 * attempts; an answer that was lost has all ten put again. Throws Unavailable when some are still not taken after six attempts.
 */
export const eventBridgeBus = (
  client: EventBridgeClient,
  name: string,
  patience: Patience,
): ClaimEvents => ({
  put: async (events) => {
    for (let from = 0; from < events.length; from += maxEntries) {
      await putAll(client, events.slice(from, from + maxEntries).map(entryOf(name)), patience);
    }
  },
});

const entryOf =
  (name: string) =>
  (event: ClaimEvent): PutEventsRequestEntry => ({
    EventBusName: name,
    Source: eventSource,
    DetailType: event.type,
    Time: new Date(event.time),
    Detail: JSON.stringify(event),
  });

async function putAll(
  client: EventBridgeClient,
  entries: readonly PutEventsRequestEntry[],
  { random, sleep }: Patience,
): Promise<void> {
  let left = entries;
  for (let attempt = 0; ; attempt++) {
    const Entries = [...left];
    const answer = await translated("eventbridge", () =>
      client.send(new PutEventsCommand({ Entries })),
    );
    left = notTaken(left, answer.Entries ?? []);
    if (left.length === 0) return;
    if (attempt + 1 === maxAttempts) {
      throw new Unavailable("eventbridge", `${left.length} events were not taken`);
    }
    await sleep(random() * firstWaitMs * 2 ** attempt);
  }
}

/** The entries that the answer, which has one element for each in their order, says were not taken. An answer of another length says nothing of any. */
function notTaken(
  entries: readonly PutEventsRequestEntry[],
  answers: readonly PutEventsResultEntry[],
): readonly PutEventsRequestEntry[] {
  if (answers.length !== entries.length) return entries;
  const ours = answers.find(({ ErrorCode }) => ErrorCode !== undefined && !passing.has(ErrorCode));
  if (ours) throw new Error(`bug: EventBridge refuses an event: ${ours.ErrorCode}`);
  return entries.filter((_, n) => answers[n]?.EventId === undefined);
}
