import { claimEvents } from "../../base/claim-event.ts";
import { parseDay } from "../../base/day.ts";
import { maxMinor } from "../../base/money.ts";
import type { Pack } from "../pack.ts";
import { type PlainValue, valuesOf } from "../parameter-form.ts";
import { scopeOf } from "../scope.ts";
import type { Table } from "../table-form.ts";
import type { Type } from "../types.ts";
import { anyOf, type World } from "./evaluate-possible.ts";
import { bools, ints, join, none, type Possible, texts } from "./possible.ts";

const firstDay = parseDay("1800-01-01", "first");
const lastDay = parseDay("2999-12-31", "last");
const days = ints(firstDay, lastDay);
const amounts = ints(0n, maxMinor);

/** What is possible for facts of every claim, whatever the pack. */
const facts: readonly (readonly [string, Possible])[] = [
  ["claim.event", texts(claimEvents)],
  ["claim.lossDay", days],
  ["claim.diagnosisDay", days],
  ["claim.noticeDay", days],
  ["claim.claimed", amounts],
  ["claim.contracted", amounts],
  ["claim.otherPaid", amounts],
  ["policy.startDay", days],
  ["policy.endDay", days],
  ["policy.limit", amounts],
  ["policy.remaining", amounts],
  ["insured.birthDay", days],
  ["insured.ageYears", ints(0n, 1_199n)],
];

const basisFacts = { loss: "lossDay", diagnosis: "diagnosisDay", notice: "noticeDay" } as const;

/** All claims a version can be asked about: days it is in force, its parameters and rows as written, every fact in its range. */
export function worldOf(pack: Pack): World {
  const world = new Map<string, Possible>();
  for (const [name, type] of scopeOf(pack)) spread(world, name, type);
  for (const [path, possible] of facts) world.set(path, possible);
  const { from, to } = pack.effective;
  const end = to === null ? lastDay : parseDay(to, "to") - 1n;
  const basis = ints(parseDay(from, "from"), end);
  world.set("basisDay", basis).set(`claim.${basisFacts[pack.dateBasis]}`, basis);
  for (const [name, value] of Object.entries(pack.parameters)) {
    world.set(`p.${name}`, valuesOf(value).map(possibleValue).reduce(join, none));
  }
  for (const [name, table] of Object.entries(pack.tables ?? {})) {
    world.set(
      `t.${name}`,
      rowsOf(table)
        .map(({ value }) => possibleValue(value))
        .reduce(join, none),
    );
  }
  return world;
}

export const rowsOf = (table: Table) => table.dated.flatMap(({ rows }) => rows);

function spread(world: Map<string, Possible>, path: string, type: Type): void {
  world.set(path, anyOf(type));
  if (typeof type !== "object" || !("fields" in type)) return;
  for (const [field, each] of Object.entries(type.fields)) spread(world, `${path}.${field}`, each);
}

function possibleValue(value: PlainValue): Possible {
  if (Array.isArray(value)) {
    return {
      kind: "list",
      items: value.map((item: string | number) => (typeof item === "number" ? BigInt(item) : item)),
    };
  }
  if (typeof value === "number") return ints(BigInt(value), BigInt(value));
  if (typeof value === "boolean") return bools(value, !value);
  if (typeof value === "string") return texts([value]);
  const day = parseDay(value.date, "date");
  return ints(day, day);
}
