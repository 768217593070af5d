import { describe, expect, test } from "@jest/globals";
import { recordTotals, type Totals } from "../../shared/policy/totals.ts";
import { reportOn } from "../payout/sample.ts";
import { byMachine, minute, noon, usd } from "../policy/sample.ts";
import { type BundleOptions, bundleOf, entriesOf, findingsIn } from "./bundle.ts";
import { honestWalk, payoutOne, type Walk } from "./walk.ts";

const later = noon + 20n * minute;

/**
 * By hand, from the walk's own story. Four claims of 500 each; 300 paid on the first and returned; outstanding 300 of it, the 200 a person
 * awarded on the second, the 100 the limit leaves of the third, and 300 of the fourth on another policy.
 */
const truth = (to: bigint): Omit<Totals, "now" | "by"> => ({
  period: "2026-03-04",
  currency: "USD",
  from: 0n,
  to,
  counts: { reported: 4n, paid: 1n, recovered: 1n, outstanding: 4n, erased: 0n },
  reported: usd(200_000n),
  paid: usd(30_000n),
  recovered: usd(30_000n),
  outstanding: usd(90_000n),
  // Set aside: all that is claimed, for what was paid came back.
  books: [
    { account: "case-reserve", side: "credit", amount: usd(200_000n) },
    { account: "paid/indemnity", side: "debit", amount: usd(30_000n) },
    { account: "reserve-change", side: "debit", amount: usd(200_000n) },
    { account: "returned/indemnity", side: "credit", amount: usd(30_000n) },
  ],
});

/** The books with `over` for some accounts; nothing: without it. */
const booksWith = (over: Record<string, bigint>): Totals["books"] =>
  truth(1n).books.flatMap((each) => {
    const minor = over[each.account] ?? each.amount.minor;
    return minor === 0n ? [] : [{ ...each, amount: usd(minor) }];
  });

async function walked(over: Partial<Totals> = {}): Promise<Walk> {
  const walk = await honestWalk();
  await walk.payout("returned", payoutOne, byMachine(later), reportOn("returned", "r2"));
  const totals = { ...truth(BigInt(walk.items.length)), ...over };
  const insurer = await walk.reader.insurer();
  walk.take("totals", recordTotals(insurer, totals, byMachine(later)), byMachine(later));
  return walk;
}

const audited = ({ items, packs }: Walk, options: BundleOptions = {}) =>
  findingsIn(bundleOf(entriesOf(items), { packs, ...options }));

describe("control totals that an insurer recorded", () => {
  test("foot to the auditor's own books", async () => {
    expect(await audited(await walked())).toEqual([]);
  });

  test.each<[string, Partial<Totals>]>([
    ["reported", { reported: usd(200_001n) }],
    ["paid", { paid: usd(0n) }],
    ["recovered", { recovered: usd(0n) }],
    ["outstanding", { outstanding: usd(89_999n) }],
    [
      "what was left out",
      { counts: { reported: 4n, paid: 1n, recovered: 1n, outstanding: 4n, erased: 1n } },
    ],
    [
      "what is set aside",
      { books: booksWith({ "case-reserve": 199_999n, "reserve-change": 199_999n }) },
    ],
    ["what came back", { books: booksWith({ "paid/indemnity": 0n, "returned/indemnity": 0n }) }],
    ["a count", { counts: { reported: 4n, paid: 1n, recovered: 0n, outstanding: 4n, erased: 0n } }],
  ])("are found where %s is another", async (_, over) => {
    const walk = await walked(over);
    expect(await audited(walk)).toEqual([`${walk.at("totals")} totals-differs`]);
  });

  test("are found where the cut is not where they say, or has not come yet", async () => {
    const walk = await walked({ to: 6n });
    expect(await audited(walk)).toContain(`${walk.at("totals")} totals-differs`);
    const future = await walked({ to: 99n });
    expect(await audited(future)).toContain(`${future.at("totals")} totals-differs`);
  });

  test("go on where the period before ended: what came in between is in one of them", async () => {
    const walk = await walked();
    const from = BigInt(walk.at("totals"));
    const next = {
      ...truth(BigInt(walk.items.length)),
      ...{ from, counts: { reported: 0n, paid: 0n, recovered: 0n, outstanding: 4n, erased: 0n } },
      ...{ reported: usd(0n), paid: usd(0n), recovered: usd(0n) },
    };
    const insurer = await walk.reader.insurer();
    walk.take("next", recordTotals(insurer, next, byMachine(later)), byMachine(later));
    expect(await audited(walk)).toEqual([]);
    for (const over of [{ from: from - 1n }, { from: from + 1n }, { period: "2026-03-03" }]) {
      const refused = recordTotals(insurer, { ...next, ...over }, byMachine(later));
      expect(refused).toMatchObject({ refused: "wrong-state" });
    }
    expect(
      recordTotals(insurer, { ...next, period: "2026-03-05" }, byMachine(later)),
    ).toMatchObject({
      refused: "wrong-state",
    });
  });

  test("have even books, each account once and by name, or are not recorded", async () => {
    const insurer = await (await walked()).reader.insurer();
    const [first, ...rest] = truth(1n).books;
    if (!first) throw new Error("books");
    const uneven: Totals["books"][] = [
      booksWith({ "case-reserve": 199_999n }),
      rest,
      [...rest, first],
      [first, first, ...rest],
      [{ ...first, amount: usd(0n) }, ...rest],
    ];
    for (const books of uneven) {
      const totals = { ...truth(BigInt(200)), from: insurer.state.totals?.to ?? 0n, books };
      expect(recordTotals(insurer, totals, byMachine(later))).toMatchObject({
        refused: "wrong-state",
        field: "books",
      });
    }
  });

  test("can't be footed by an auditor from whom a claim is withheld, which is no finding; nor is the next period", async () => {
    const walk = await walked({ reported: usd(1n) });
    const from = BigInt(walk.at("totals"));
    const next = { ...truth(from + 1n), from };
    const insurer = await walk.reader.insurer();
    walk.take("next", recordTotals(insurer, next, byMachine(later)), byMachine(later));
    const claim = [walk.at("submitted four"), walk.at("decided four")];
    for (const withheld of [claim, [...claim, walk.at("totals")]]) {
      expect(await audited(walk, { withheld })).toEqual([]);
    }
  });
});
