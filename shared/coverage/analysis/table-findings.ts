import type { Pack } from "../pack.ts";
import type { Table } from "../table-form.ts";
import { evaluatePossible, type World } from "./evaluate-possible.ts";
import { errorAt, type Unplaced, warningAt } from "./pack-finding.ts";
import { ints, meet } from "./possible.ts";
import type { Reached } from "./reach.ts";
import type { ReadPack, ReadRule } from "./read-rules.ts";

type Rows = Table["dated"][number]["rows"];

/** A range of keys without a row: `from` ≤ key < `to`, null: no end. */
interface Gap {
  readonly from: bigint | null;
  readonly to: bigint | null;
}

/** Gaps between the rows of each table, and keys that a rule may come with for which there is no row. Overlaps are refused when a pack is read. */
export function tableFindings(
  pack: Pack,
  { keys }: ReadPack,
  reached: readonly Reached[],
): Unplaced[] {
  const tables = Object.entries(pack.tables ?? {});
  return [
    ...tables.flatMap(([name, table]) => betweenRows(name, table)),
    ...tables.flatMap(([name, table]) => missingRows(name, table, keys.get(name), reached)),
  ];
}

function betweenRows(name: string, { by, dated }: Table): Unplaced[] {
  return dated.flatMap(({ rows }, entry) =>
    gapsOf(rows)
      .filter(({ from, to }) => from !== null && to !== null)
      .map((gap) => {
        const at = rows.findIndex(({ from }) => BigInt(from) === gap.to);
        const where = `tables.${name}.dated[${entry}].rows[${at}].from`;
        return errorAt("table-gap", where, `leaves a gap: no row for ${by} ${spoken(gap)}`, {
          help: `begin at ${gap.from}, or add a row`,
        });
      }),
  );
}

/** Keys a reached rule may come with that lie before the first or after the last row of some date. */
function missingRows(
  name: string,
  { by, dated }: Table,
  key: Parameters<typeof evaluatePossible>[0],
  reached: readonly Reached[],
): Unplaced[] {
  return reached.flatMap(({ rule, world }) => {
    const field = fieldReading(rule, name);
    if (field === undefined) return [];
    const possible = evaluatePossible(key, ofHumanAge(world));
    if (possible?.kind !== "int") return [];
    const missing = dated
      .flatMap(({ rows }) => gapsOf(rows))
      .filter(({ from, to }) => from === null || to === null)
      .find(
        ({ from, to }) =>
          (to === null || possible.from < to) && (from === null || possible.to >= from),
      );
    if (!missing) return [];
    const message = `reads t.${name}, which has no row for ${by} ${spoken(missing)}: such a claim is referred`;
    const help = `add a row, or have a rule before this one refer those claims`;
    return [warningAt("table-row-missing", `rules[${rule.index}].${field}`, message, { help })];
  });
}

/** The first expression of the rule that reads the table, by its place in the rule. */
function fieldReading({ when, amount, steps }: ReadRule, table: string): string | undefined {
  if (when.tables.includes(table)) return "when";
  if (amount?.tables.includes(table)) return "amount";
  return steps.find(({ bound }) => bound.tables.includes(table))?.path;
}

/** Nobody asks for a row for people older than anybody became. */
const ofHumanAge = (world: World): World => {
  const ages = meet(world.get("insured.ageYears") ?? humanAges, humanAges);
  return new Map(world).set("insured.ageYears", ages);
};
const humanAges = ints(0n, 120n);

/** What ascending rows leave out, the ends first and last. */
function gapsOf(rows: Rows): Gap[] {
  const gaps: Gap[] = [];
  let end: bigint | null = null;
  for (const { from, to } of rows) {
    if (end === null || end < BigInt(from)) gaps.push({ from: end, to: BigInt(from) });
    if (to === null) return gaps;
    end = BigInt(to);
  }
  return [...gaps, { from: end, to: null }];
}

function spoken({ from, to }: Gap): string {
  if (from === null) return `below ${to}`;
  if (to === null) return `from ${from} on`;
  return to === from + 1n ? `${from}` : `${from} to ${to - 1n}`;
}
