import { expect, test } from "@jest/globals";
import { adjudicate } from "../../shared/coverage/adjudicate.ts";
import { caseFacts } from "../../shared/coverage/cases.ts";
import { compilePack } from "../../shared/coverage/compile.ts";
import { healthIndemnity } from "../../shared/coverage/packs.ts";
import { readPage } from "./pages.ts";

const claim = {
  event: "illness" as const,
  lossDay: "2021-03-04",
  claimed: 220_000,
  lines: [
    { service: "consultation", claimed: 20_000 },
    { service: "consultation", claimed: 10_000 },
    { service: "room and board", claimed: 90_000 },
    { service: "surgery", claimed: 100_000 },
  ],
};

test("the page's sums are the pack's: as the year's first claim, a later one, and above the maximum", () => {
  const pack = compilePack(healthIndemnity);
  const paid = (accumulated: Record<string, number>) =>
    adjudicate(
      pack,
      caseFacts("loss", {
        claim,
        policy: { coverage: "medical", startDay: "2020-06-01" },
        insured: { birthDay: "1981-05-04" },
        accumulated,
      }),
    );
  const [deductible, maximum] = ["annual-deductible/2021-01-01", "annual-maximum/2021-01-01"];
  const first = paid({});
  expect(first.reductions.map(({ minor }) => minor)).toEqual([5_000n, 10_000n, 50_000n, 31_000n]);
  const later = paid({ [deductible]: 50_000, [maximum]: 50_000 });
  const full = paid({ [deductible]: 50_000, [maximum]: 200_000 });
  const page = readPage("packs/health-indemnity.md");
  for (const { minor } of [first, later, full]) {
    const [whole, cents] = [minor / 100n, String(minor % 100n).padStart(2, "0")];
    expect(page).toContain(`${whole.toLocaleString("en-US")}.${cents}`);
  }
  expect([first.minor, later.minor, full.minor]).toEqual([124_000n, 164_000n, 205_000n]);
});
