import { beforeAll, describe, expect, test } from "@jest/globals";
import type { Json } from "../../shared/base/canonical.ts";
import { factsOf } from "../../shared/claim/facts.ts";
import { adjudicate } from "../../shared/coverage/adjudicate.ts";
import { compilePack } from "../../shared/coverage/compile.ts";
import { healthIndemnity } from "../../shared/coverage/packs.ts";
import { line, submission } from "../claim/sample.ts";
import { byPerson, day, handle, insured, usd } from "../policy/sample.ts";
import { findingsIn } from "./bundle.ts";
import { type Honest, honestLog } from "./honest.ts";
import { adjuster, claimFour, claimOne, claimThree, claimTwo, Walk } from "./walk.ts";

const claimFive = handle("9");
const deductible = "medical/annual-deductible/2021-01-01";

/**
 * Claims of one policy under the health plan: two that add up, the second again by another channel, the first denied after all, one that another
 * insurer paid in part.
 */
async function walkOfPlan(): Promise<Walk> {
  const walk = new Walk();
  await walk.open(false, healthIndemnity);
  const claimant = { person: insured, channel: "claimant" } as const;
  const decided = async (name: string, stream: string, minor: bigint, over = {}) => {
    const stated = submission({ event: "illness", lines: [line(minor)], ...over });
    await walk.submit(`submitted ${name}`, stream, stated, claimant, byPerson(insured));
    await walk.adjudicate(`decided ${name}`, stream);
  };
  await decided("one", claimOne, 70_000n);
  await decided("two", claimTwo, 100_000n);
  await decided("again", claimThree, 100_000n);
  await walk.step("reopened one", claimOne, "reopen", byPerson(adjuster));
  const no = { outcome: "DENY", reasonCode: "NOT_COVERED" } as const;
  await walk.rule("denied one", claimOne, no, byPerson(adjuster));
  await decided("three", claimFour, 100_000n, { lossDate: day("2021-06-01") });
  const otherPayer = { payer: "the other insurer", paid: usd(90_000n), source: "statement 7" };
  await decided("four", claimFive, 100_000n, { lossDate: day("2021-06-02"), otherPayer });
  return walk;
}

let log: Honest;
beforeAll(async () => {
  log = await honestLog(await walkOfPlan());
});
const finding = (name: string, code: string) => log.finding(name, code);
/** A decision's sealed fields that these tests touch. */
const fieldsOf = (name: string) =>
  log.fields(name) as unknown as {
    readonly award: { readonly amount: string };
    readonly counts: Readonly<Record<string, string>>;
    readonly accumulators: readonly { readonly version: string; readonly values: object }[];
    readonly trace: readonly Json[];
  };

/** The policy's row as a decision read it, with another value. */
function readAs(name: string, value: string, minor: string): Json {
  const [claim, policy] = fieldsOf(name).accumulators;
  return [claim, { ...policy, values: { ...policy?.values, [value]: minor } }] as Json;
}

describe("a log in which claims add up", () => {
  test("is found as it should be, and says what one would expect", async () => {
    expect(await findingsIn(log.bundle())).toEqual([]);
    const award = (name: string) => fieldsOf(name).award.amount;
    expect(
      ["one", "two", "again", "three", "four"].map((name) => award(`decided ${name}`)),
    ).toEqual(["160.00", "800.00", "0.00", "400.00", "100.00"]);
    expect(fieldsOf("decided again").trace).toContainEqual({ earlier: claimTwo });
  });

  test("a false accumulator, correctly hashed, with everything that follows from it: the accumulator and the decision", async () => {
    // As if nothing of the deductible had been borne: 1,000.00 less 500.00, less 20 %.
    const world = await log.walk.world(claimTwo);
    const facts = factsOf({
      ...world,
      claim: { ...world.claim, state: { ...world.claim.state, decision: null } },
    });
    if (!facts) throw new Error("no facts");
    const { minor, reductions, trace, counts } = adjudicate(compilePack(healthIndemnity), {
      ...facts,
      accumulated: {},
      earlierClaim: null,
    });
    const money = (cents: bigint) => ({ amount: `${cents / 100n}.00`, currency: "USD" });
    expect(minor).toBe(40_000n);
    const named = counts.map((count) => [`medical/${count.name}`, count.minor.toString()]);
    const old = fieldsOf("decided two").counts;
    const found = await findingsIn(
      log.forged("decided two", {
        accumulators: readAs("decided two", deductible, "0"),
        award: money(minor),
        reductions: reductions.map(({ reasonCode, minor, citation }) => ({
          reasonCode,
          amount: money(minor),
          citation: { ...citation },
        })) as Json,
        trace: trace as Json,
        counts: { ...old, "medical/approved": minor.toString(), ...Object.fromEntries(named) },
      }),
    );
    expect(found).toContain(finding("decided two", "accumulator-differs"));
    expect(found).toContain(finding("decided two", "decision-differs"));
  });

  test("a version of the row that was never read: that reading", async () => {
    const [claim, policy] = fieldsOf("decided three").accumulators;
    const accumulators = [claim, { ...policy, version: `${BigInt(policy?.version ?? "0") - 1n}` }];
    expect(
      await findingsIn(log.forged("decided three", { accumulators: accumulators as Json })),
    ).toEqual([finding("decided three", "accumulator-differs")]);
  });

  test("one cent less counted than was borne: the decision, and the next one's reading", async () => {
    const counts = fieldsOf("decided one").counts;
    const found = await findingsIn(
      log.forged("decided one", { counts: { ...counts, [deductible]: "49999" } }),
    );
    expect(found).toContain(finding("decided one", "decision-differs"));
    expect(found).toContain(finding("decided two", "accumulator-differs"));
  });

  test("a denial that keeps what the decision before it had counted: the denial", async () => {
    const counts = fieldsOf("denied one").counts;
    const found = await findingsIn(
      log.forged("denied one", { counts: { ...counts, [deductible]: "50000" } }),
    );
    expect(found).toContain(finding("denied one", "decision-differs"));
    expect(found).toContain(finding("decided three", "accumulator-differs"));
  });

  test("a mark taken away, so that the second claim looks like the first: the decision that left none", async () => {
    const counts = Object.entries(fieldsOf("decided two").counts);
    const unmarked = Object.fromEntries(counts.filter(([name]) => !name.startsWith("loss/")));
    const found = await findingsIn(log.forged("decided two", { counts: unmarked }));
    expect(found).toContain(finding("decided two", "decision-differs"));
    expect(found).toContain(finding("decided again", "decision-differs"));
  });

  test("another sum of the other insurer's under an unchanged decision: the decision's input", async () => {
    const otherPayer = {
      payer: "the other insurer",
      paid: { amount: "0.00", currency: "USD" },
      source: "statement 7",
    };
    const found = await findingsIn(log.forged("submitted four", { otherPayer }));
    expect(found).toContain(finding("decided four", "input-differs"));
  });
});
