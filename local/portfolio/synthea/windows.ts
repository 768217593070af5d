import type { Day } from "../../../shared/base/day.ts";
import { Malformed } from "../../../shared/base/malformed.ts";
import type { Eligibility, PortfolioInsurer, PortfolioPolicy, Rejection } from "../portfolio.ts";
import { type Moment, readMoment } from "./fields.ts";
import type { Person } from "./persons.ts";
import { eachRow } from "./table.ts";

/** A coverage window: the policy it became, and the exact instants the source gives. */
export interface Window {
  readonly policy: PortfolioPolicy;
  readonly start: Moment;
  readonly end: Moment | null;
}

/** Windows by `person key/insurer id`. */
export type Windows = ReadonlyMap<string, readonly Window[]>;

const columns = ["PATIENT", "START_DATE", "END_DATE", "PAYER"] as const;
const usPerDay = 86_400_000_000n;

export const windowsKey = (person: Person, insurer: PortfolioInsurer): string =>
  `${person.key}/${insurer.id}`;

/** One window per (patient, payer, start); an empty END_DATE is open. Times without an insurer are no policies. */
export async function readWindows(
  dir: string,
  file: string,
  persons: ReadonlyMap<string, Person>,
  insurers: ReadonlyMap<string, PortfolioInsurer>,
  rejected: Rejection[],
): Promise<Map<string, Window[]>> {
  const windows = new Map<string, Window[]>();
  await eachRow(dir, file, columns, rejected, (row) => {
    const person = persons.get(row.PATIENT);
    if (!person) throw new Malformed("PATIENT", "is an unknown patient");
    const insurer = insurers.get(row.PAYER);
    if (!insurer) throw new Malformed("PAYER", "is an unknown payer");
    const start = readMoment(row.START_DATE, "START_DATE");
    const end = row.END_DATE === "" ? null : readMoment(row.END_DATE, "END_DATE");
    if (end && end.at <= start.at) throw new Malformed("END_DATE", "is not after START_DATE");
    if (insurer.pack === null) return;
    const key = windowsKey(person, insurer);
    const same = windows.get(key) ?? [];
    if (same.some((other) => other.start.at === start.at)) {
      throw new Malformed("START_DATE", "is a repeated start for this patient and payer");
    }
    const policy = policyOf(insurer.id, insurer.pack, person, start, end, row.START_DATE);
    same.push({ policy, start, end });
    windows.set(key, same);
  });
  return windows;
}

/** The policy of a window: every day the window touches is one of its days. */
const policyOf = (
  insurer: string,
  pack: string,
  person: Person,
  start: Moment,
  end: Moment | null,
  startText: string,
): PortfolioPolicy => ({
  key: `${insurer}/${person.key}/${startText}`,
  insurer,
  insured: person.key,
  startDay: start.day,
  endDay: end && (end.at === end.day * usPerDay ? end.day : end.day + 1n),
  coverage: "medical",
  birthDay: person.birthDay,
  limit: null,
  pack,
});

/**
 * The window a claim of `at` names among `windows` of its patient and payer: the one that contains the instant (start inclusive, end
 * exclusive; the latest starting where several do), else the latest that started before, else the earliest. Outside all windows one whose
 * first or last day is the day of the claim is never named, since a claim states days and the pack could not tell.
 */
export function windowFor(
  windows: readonly Window[],
  at: Moment,
): { readonly window: Window | null; readonly eligibility: Eligibility } {
  const byStart = windows.toSorted((a, b) => (a.start.at < b.start.at ? -1 : 1));
  const inside = byStart.findLast(
    ({ start, end }) => start.at <= at.at && (end === null || at.at < end.at),
  );
  if (inside) return { window: inside, eligibility: "covered" };
  const others = byStart.filter(({ policy }) => !touches(policy, at.day));
  const nearest = others.findLast(({ start }) => start.at <= at.at) ?? others[0] ?? null;
  return { window: nearest, eligibility: nearest ? "outside-window" : "no-policy" };
}

const touches = ({ startDay, endDay }: PortfolioPolicy, day: Day): boolean =>
  startDay <= day && (endDay === null || day < endDay);
