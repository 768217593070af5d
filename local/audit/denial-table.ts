import type { ActorDenials } from "../../shared/audit/denials.ts";
import type { LogVerdict } from "../../shared/audit/fold-log.ts";
import { grouped } from "../terminal/amount.ts";
import type { Terminal } from "../terminal/terminal.ts";

/** What one actor denied, and in which log. */
export type LogDenials = { readonly origin: string } & ActorDenials;

/** The denials of some logs: log by log, real persons first. */
export const denialsOf = (verdicts: readonly LogVerdict[]): LogDenials[] =>
  verdicts
    .toSorted((a, b) => (a.origin < b.origin ? -1 : 1))
    .flatMap(({ origin, denials }) =>
      (denials?.actors ?? []).map((actor) => ({ origin, ...actor })),
    );

/** Of how many decisions nobody could read whether they deny: withheld, erased, or holes. */
export const unreadIn = (verdicts: readonly LogVerdict[]): number =>
  verdicts.reduce((sum, { denials, tally }) => sum + (denials?.unread ?? tally.decisions), 0);

/** Prints who denied: a table of real persons, then one of simulated ones, and what could not be read. */
export function showDenials(terminal: Terminal, verdicts: readonly LogVerdict[]): void {
  const denials = denialsOf(verdicts);
  showTable(
    terminal,
    "denials by",
    denials.filter(({ simulated }) => !simulated),
  );
  showTable(
    terminal,
    "denials by simulated",
    denials.filter(({ simulated }) => simulated),
  );
  if (denials.length === 0) terminal.line("denials: none that can be read");
  const unread = unreadIn(verdicts);
  if (unread > 0) terminal.line(`${grouped(unread)} decisions can't be read: they may deny`);
}

function showTable(terminal: Terminal, who: string, denials: readonly LogDenials[]): void {
  if (denials.length === 0) return;
  terminal.table(
    [
      { heading: who, align: "left" },
      { heading: "log", align: "left" },
      { heading: "count", align: "right" },
      { heading: "median open", align: "right" },
      { heading: "no document", align: "right" },
      { heading: "batches", align: "right" },
      { heading: "largest", align: "right" },
    ],
    denials.map(({ origin, actor, kind, batches, ...of }) => [
      actor ?? `nobody (${kind})`,
      origin,
      grouped(of.count),
      `${of.medianOpenSeconds} s`,
      grouped(of.withoutDocuments),
      grouped(batches.length),
      grouped(batches.reduce((most, { count }) => Math.max(most, count), 0)),
    ]),
  );
  terminal.line();
}
