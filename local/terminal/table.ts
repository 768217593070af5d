import { styleText } from "node:util";
import Table from "cli-table3";
import { printable } from "./printable.ts";

/** A column: its heading and whether its cells stand left (words) or right (numbers). */
export interface Column {
  readonly heading: string;
  readonly align: "left" | "right";
}

const blank = {
  top: "",
  "top-mid": "",
  "top-left": "",
  "top-right": "",
  bottom: "",
  "bottom-mid": "",
  "bottom-left": "",
  "bottom-right": "",
  left: "",
  "left-mid": "",
  mid: "",
  "mid-mid": "",
  right: "",
  "right-mid": "",
  middle: "  ",
};

/** Text of an aligned table without frame or trailing spaces; headings are bold where `colour` is wanted. */
export function tableText(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  colour: boolean,
): string {
  const table = new Table({
    head: columns.map(({ heading }) => (colour ? bold(heading) : heading)),
    colAligns: columns.map(({ align }) => align),
    chars: blank,
    style: {
      "padding-left": 0,
      "padding-right": 0,
      head: [],
      border: [],
    },
  });
  for (const row of rows) table.push(row.map(printable));
  return table.toString().replace(/ +$/gm, "");
}

/** The caller has decided on colour: the environment (CI, TERM) is not asked a second time. */
const bold = (text: string): string => styleText("bold", text, { validateStream: false });
