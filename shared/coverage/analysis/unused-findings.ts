import type { Pack } from "../pack.ts";
import { pathOf } from "./evaluate-possible.ts";
import { type Unplaced, warningAt } from "./pack-finding.ts";
import type { ReadPack } from "./read-rules.ts";
import { nodesOf } from "./span.ts";

/** Parameters and tables that no expression reads. */
export function unusedFindings(pack: Pack, { rules, keys }: ReadPack): Unplaced[] {
  const expressions = [
    ...keys.values(),
    ...rules.flatMap(({ when, amount, steps }) =>
      [when, amount, ...steps.map(({ bound }) => bound)].map((each) => each?.parsed.expr),
    ),
  ];
  const read = new Set(expressions.flatMap((expr) => [...nodesOf(expr)].map(pathOf)));
  const unused = (kind: string, letter: string, names: readonly string[]): Unplaced[] =>
    names
      .filter((name) => !read.has(`${letter}.${name}`))
      .map((name) =>
        warningAt("parameter-unused", `${kind}.${name}`, "is read by no rule", {
          help: "take it out, or a rule has forgotten it",
        }),
      );
  return [
    ...unused("parameters", "p", Object.keys(pack.parameters)),
    ...unused("tables", "t", Object.keys(pack.tables ?? {})),
  ];
}
