import { describe, expect, test } from "@jest/globals";
import type { ClaimEvent, ClaimEvents } from "../../shared/ports/claim-events.ts";

/** What a subscriber gets of one event. */
export interface Delivered {
  readonly source: string;
  readonly type: string;
  readonly atMs: number;
  readonly event: ClaimEvent;
}

/** A bus that nobody used, and what was delivered of it so far. */
export interface Bus {
  readonly events: ClaimEvents;
  readonly delivered: () => Promise<readonly Delivered[]>;
}

const eventOf = (n: number): ClaimEvent => ({
  event: "claim-event/v1",
  origin: "ledger.example/acme",
  index: String(n),
  type: n % 2 === 0 ? "claim.submitted" : "payout.released",
  stream: n.toString(16).padStart(32, "0"),
  version: "1",
  record: n.toString(16).padStart(64, "f"),
  time: `2026-11-26T12:${String(n).padStart(2, "0")}Z`,
});

/** What EventBridge does for us: https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html. */
export function claimEventsContract(name: string, open: () => Promise<Bus>): void {
  describe(`claim events: ${name}`, () => {
    test("of three requests of ten and one of seven each arrives once, under its type, with its record's time", async () => {
      const { events, delivered } = await open();
      const all = Array.from({ length: 37 }, (_, n) => eventOf(n));
      await events.put(all);
      const arrived = [...(await delivered())].sort((a, b) => indexOf(a) - indexOf(b));
      expect(arrived).toEqual(
        all.map((event) => ({
          source: "countersign",
          type: event.type,
          atMs: Date.parse(event.time),
          event,
        })),
      );
    });

    test("one that the bus will never take is our bug, no outage, and not delivered", async () => {
      const { events, delivered } = await open();
      const broken = { ...eventOf(0), type: "" as ClaimEvent["type"] };
      await expect(events.put([broken])).rejects.toThrow(
        "bug: EventBridge refuses an event: InvalidArgument",
      );
      expect(await delivered()).toEqual([]);
    });
  });
}

const indexOf = ({ event }: Delivered): number => Number(event.index);
