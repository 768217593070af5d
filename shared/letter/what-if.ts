import type { Currency } from "../base/money.ts";
import type { Counterfactual } from "./counterfactual.ts";
import type { Explained } from "./decision.ts";
import { factNames } from "./names.ts";
import { sayDay, sayMoney, wrap } from "./say.ts";

/** Each counterfactual as a sentence: "100,000.00 CNY would be paid if the date of first diagnosis were on or after 1 January 2020". */
export function whatIf(found: readonly Counterfactual[], currency: Currency): string[] {
  if (found.length === 0) {
    const text =
      "Changing one date at a time, where these rules compare it, and the kind of event, no change was found that alone makes them pay more.";
    return [wrap("  ", text)];
  }
  const intro =
    "If one of these had been different and all else the same, these rules would have answered otherwise. Each line was checked by running them on the changed value.";
  return [
    wrap("  ", intro),
    ...found.map((each) => {
      const amount = sayMoney({ minor: each.minor, currency });
      return wrap("  - ", `${amount} would be paid if the ${change(each)}.`);
    }),
  ];
}

/**
 * What a person's letter can say: nothing was run, so nothing can be run again on a changed value. What the rules would have paid for stands in the letter of
 * the decision the person replaced.
 */
export function afterPerson({ supersedes }: Pick<Explained, "supersedes">): string[] {
  const weighed =
    "A person weighed this claim, so no procedure can tell what else would have led them to pay more. Their reason above is what to answer.";
  const before =
    supersedes === null
      ? ""
      : ` The decision before this one, in record ${supersedes} of this claim, has a letter of its own: where rules made it, that letter says what would have led them to pay more.`;
  return [wrap("  ", weighed + before)];
}

function change(each: Counterfactual): string {
  if ("event" in each) return `kind of event were ${each.event}`;
  const { date, from, to } = each;
  const name = factNames[date]?.[0] ?? date;
  if (from === null && to !== null) return `${name} were on or before ${sayDay(to)}`;
  if (from === null) return `${name} were any other`;
  if (to === null) return `${name} were on or after ${sayDay(from)}`;
  if (from === to) return `${name} were ${sayDay(from)}`;
  return `${name} were between ${sayDay(from)} and ${sayDay(to)}, both included`;
}
