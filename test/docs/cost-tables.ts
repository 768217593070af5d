import { costTables } from "../../bench/cost/tables.ts";
import { readPage, writePage } from "./pages.ts";

/** The table that follows `<!-- table: NAME -->`. */
const tablePattern = /(<!-- table: ([a-z]+) -->\n\n)((?:\|.*\n)*)/g;

/** The page whose tables are computed. */
export const costPage = "cost.md";

/** The computed tables of the page as they stand in it, by name. */
export const printedTables = (): ReadonlyMap<string, string> =>
  new Map(
    [...readPage(costPage).matchAll(tablePattern)].map(([, , name = "", text = ""]) => [
      name,
      text,
    ]),
  );

/** Puts today's tables into the page. Throws where it names one that is not computed. */
export function writeCostTables(): void {
  const written = readPage(costPage).replaceAll(
    tablePattern,
    (_, opening: string, name: string) => {
      const table = costTables.get(name);
      if (!table) throw new Error(`${costPage}: no table is called ${name}`);
      return `${opening}${table()}`;
    },
  );
  writePage(costPage, written);
}
