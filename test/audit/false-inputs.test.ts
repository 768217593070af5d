import { describe, expect, test } from "@jest/globals";
import type { Json } from "../../shared/base/canonical.ts";
import type { DomainEvent } from "../../shared/base/event.ts";
import { isRefusal } from "../../shared/base/refusal.ts";
import { adjudicateClaim } from "../../shared/claim/adjudicate.ts";
import type { Decided } from "../../shared/claim/decided.ts";
import type { ClaimWorld } from "../../shared/claim/world.ts";
import { type Pack, packHash } from "../../shared/coverage/pack.ts";
import { planSchedule } from "../../shared/coverage/packs.ts";
import { approvePayout, screenPayout } from "../../shared/payout/advance.ts";
import { line, submission } from "../claim/sample.ts";
import { clear } from "../payout/sample.ts";
import {
  byMachine,
  byPerson,
  day,
  insured,
  minute,
  noon,
  policyStream,
  usd,
} from "../policy/sample.ts";
import { audit, bundleOf, entriesOf } from "./bundle.ts";
import { claimOne, claimThree, payoutOne, staff, Walk } from "./walk.ts";

/*
 * An insurer that lies well: what it decided follows by the rules from what it says it read, every hash, link and signature is made anew, and
 * everything after the lie is honest about it. Only what it says it read is not so.
 */
const intake = { person: staff, channel: "intake" } as const;
const scheduled = { ...submission(), onBehalfOf: insured, lines: [line(50_000n, 30_000n)] };
const later = noon + 10n * minute;

/** Pays young people only; by the schedule otherwise. */
const forTheYoung: Pack = {
  ...planSchedule,
  cases: [],
  rules: [
    {
      id: "not-young",
      when: "insured.ageYears >= 40",
      ["then" as const]: "REFER",
      reasonCode: "AGE",
      citation: { clause: "1", text: "Under 40." },
    },
    ...planSchedule.rules,
  ],
} as Pack;

async function opened(): Promise<Walk> {
  const walk = new Walk();
  await walk.open();
  return walk;
}

/** Has the pack decide `claim` on what `lie` makes of the truth. */
async function decideOn(
  walk: Walk,
  claim: string,
  lie: (world: ClaimWorld) => ClaimWorld,
  now = noon,
): Promise<Decided> {
  const act = byMachine(now);
  const event = adjudicateClaim(lie(await walk.world(claim)), act);
  if (isRefusal(event)) throw new Error(event.detail);
  walk.take("lie", event, act);
  return event.content as Decided;
}

const coverOf = ({ cover }: ClaimWorld) => {
  if (!cover) throw new Error("no cover");
  return cover;
};

/** What the audit finds: all of it at the lie, each as "code: field". */
async function foundAt(walk: Walk): Promise<string[]> {
  const { findings, tally } = await audit(
    bundleOf(entriesOf(walk.items), { packs: walk.packs, notes: [2] }),
  );
  expect(tally.reexecuted).toBe(tally.decisions);
  return findings.map(({ index, code, found }) => {
    expect(index).toBe(`${walk.at("lie")}`);
    return `${code}: ${found.split(" ")[0]}`;
  });
}

const outcome = ["award", "citation", "outcome", "reasonCode", "reductions", "trace"];
const differ = (...fields: string[]) => fields.map((field) => `decision-differs: ${field}`);

test("the same steps without a lie have no finding", async () => {
  const walk = await opened();
  await walk.submit("submitted", claimOne, scheduled, intake, byPerson(staff));
  await decideOn(walk, claimOne, (world) => world);
  expect(await foundAt(walk)).toEqual([]);
});

describe("an accumulator", () => {
  /** A second claim of 300.00 where only 100.00 of the policy's limit is left, the policy's row read as `values`. */
  async function overLimit(values: Record<string, bigint> | undefined): Promise<Walk> {
    const walk = await opened();
    await walk.endorse("limited", { limit: usd(40_000n) }, byMachine());
    await walk.submit("submitted", claimOne, scheduled, intake, byPerson(staff));
    await walk.adjudicate("decided", claimOne);
    await walk.submit("again", claimThree, scheduled, intake, byPerson(staff));
    const { award } = await decideOn(walk, claimThree, (world) => {
      const cover = coverOf(world);
      const accumulator = { ...cover.accumulator, values: values ?? cover.accumulator.values };
      return { ...world, cover: { ...cover, accumulator } };
    });
    expect(award).toEqual(usd(values ? 30_000n : 10_000n));
    return walk;
  }

  test("that says nothing was approved yet is found, with all that followed from it", async () => {
    expect(await foundAt(await overLimit(undefined))).toEqual([]);
    const found = await foundAt(await overLimit({}));
    expect(found[0]).toBe("accumulator-differs: accumulators");
    expect(found).toEqual(expect.arrayContaining(differ("award", "reductions", "trace")));
  });

  test("read rightly and reckoned with wrongly is found by what comes out", async () => {
    const walk = await overLimit({});
    const lie = walk.items[walk.at("lie")];
    const honest = await overLimit(undefined);
    if (!lie) throw new Error("no lie");
    const { accumulators } = honest.items[honest.at("lie")]?.fields ?? {};
    walk.items[walk.at("lie")] = {
      ...lie,
      fields: { ...lie.fields, accumulators: accumulators as Json },
    };
    const found = await foundAt(walk);
    expect(found).toEqual(expect.arrayContaining(differ("award", "reductions", "trace")));
    expect(found).not.toContain("accumulator-differs: accumulators");
  });
});

describe("an age", () => {
  /** The insured is 41 on the day of loss; the pack pays below 40. */
  async function young(birthDate: string): Promise<Walk> {
    const walk = new Walk();
    await walk.open(false, forTheYoung);
    await walk.submit("submitted", claimOne, scheduled, intake, byPerson(staff));
    const { outcome } = await decideOn(walk, claimOne, (world) => {
      const cover = coverOf(world);
      const terms = { ...cover.policy.state.terms, birthDate: day(birthDate) };
      const policy = { ...cover.policy, state: { ...cover.policy.state, terms } };
      return { ...world, cover: { ...cover, policy } };
    });
    expect(outcome).toBe(birthDate < "1981" ? "REFER" : "PAY_PART");
    return walk;
  }

  test("made up by a false birth date is found by that input, and by what followed", async () => {
    expect(await foundAt(await young("1980-02-29"))).toEqual([]);
    const found = await foundAt(await young("1990-02-28"));
    expect(found).toContain("input-differs: input");
    expect(found).toEqual(expect.arrayContaining(differ(...outcome)));
  });

  test("reckoned wrongly from the true birth date is found by what comes out", async () => {
    const [lie, truth] = [await young("1990-02-28"), await young("1980-02-29")];
    const at = lie.at("lie");
    const item = lie.items[at];
    if (!item) throw new Error("no lie");
    const { inputs } = truth.items[at]?.fields ?? {};
    lie.items[at] = { ...item, fields: { ...item.fields, inputs: inputs as Json } };
    const found = await foundAt(lie);
    expect(found).toEqual(expect.arrayContaining(differ(...outcome)));
    expect(found.every((each) => each.startsWith("decision-differs"))).toBe(true);
  });
});

test("a day of loss moved into the cover is found by that input", async () => {
  const walk = await opened();
  const before = { ...scheduled, lossDate: day("2019-12-31") };
  await walk.submit("submitted", claimOne, before, intake, byPerson(staff));
  const { outcome } = await decideOn(walk, claimOne, (world) => {
    const { submission: stated } = world.claim.state;
    const state = { ...world.claim.state, submission: { ...stated, lossDate: day("2020-01-01") } };
    return { ...world, claim: { ...world.claim, state } };
  });
  expect(outcome).toBe("PAY_PART");
  const found = await foundAt(walk);
  expect(found).toContain("input-differs: input");
  expect(found).toContain("decision-differs: outcome");
});

test("a time of notice moved is found by that input", async () => {
  const walk = await opened();
  await walk.submit("submitted", claimOne, scheduled, intake, byPerson(staff));
  await decideOn(walk, claimOne, (world) => {
    const state = { ...world.claim.state, submittedAt: noon - 1n };
    return { ...world, claim: { ...world.claim, state } };
  });
  expect(await foundAt(walk)).toEqual(["input-differs: input"]);
});

test("one cent more, in award, reduction and trace, with a payout that pays it: that decision, each field of it", async () => {
  const walk = await opened();
  await walk.submit("submitted", claimOne, scheduled, intake, byPerson(staff));
  const event = adjudicateClaim(await walk.world(claimOne), byMachine());
  if (isRefusal(event)) throw new Error(event.detail);
  const content = event.content as Decided;
  const text = JSON.stringify(content.trace);
  const trace = JSON.parse(text.replaceAll('"30000"', '"30001"').replaceAll('"20000"', '"19999"'));
  expect(JSON.stringify(trace)).not.toBe(text);
  const reductions = content.reductions.map((less) => ({ ...less, amount: usd(19_999n) }));
  const counts = Object.fromEntries(
    Object.entries(content.counts ?? {}).map(([name, minor]) => [name, minor + 1n]),
  );
  const cent: DomainEvent = {
    ...event,
    content: { ...content, award: usd(30_001n), counts, reductions, trace },
  };
  walk.take("lie", cent, byMachine());
  await walk.propose("proposed", claimOne, payoutOne, byMachine());
  await walk.payout("screened", payoutOne, byMachine(), (on, act) => screenPayout(on, clear, act));
  await walk.payout("approved", payoutOne, byMachine(), approvePayout);
  expect(walk.items[walk.at("proposed")]?.fields.amount).toEqual({
    amount: "300.01",
    currency: "USD",
  });
  expect(await foundAt(walk)).toEqual(differ("award", "counts", "reductions", "trace"));
});

test("terms that were replaced before it: each stale input, though the policy's row is made to fit", async () => {
  const walk = await opened();
  await walk.submit("submitted", claimOne, scheduled, intake, byPerson(staff));
  await decideOn(walk, claimOne, (world) => world, later);
  await walk.endorse("endorsed", { limit: usd(10_000n) }, byMachine(later));
  const [lie] = walk.items.splice(walk.at("lie"), 1);
  if (!lie) throw new Error("no lie");
  const accumulators = (lie.fields.accumulators as Record<string, Json>[]).map((row) =>
    row.subject === `policy/${policyStream}` ? { ...row, version: "2" } : row,
  );
  walk.items.push({ ...lie, fields: { ...lie.fields, accumulators } });
  const { findings } = await audit(bundleOf(entriesOf(walk.items), { packs: walk.packs }));
  const codes = findings.map(({ index, code }) => `${index} ${code}`);
  const at = walk.items.length - 1;
  expect(new Set(codes)).toEqual(new Set([`${at} stale-input`, `${at} decision-differs`]));
  expect(findings.find(({ code }) => code === "stale-input")?.expected).toContain('"version":"2"');
});

test("the hash of another pack, or an older version of it: the decision's pack", async () => {
  const walk = await opened();
  await walk.submit("submitted", claimOne, scheduled, intake, byPerson(staff));
  const { pack } = await decideOn(walk, claimOne, (world) => world);
  const at = walk.at("lie");
  const item = walk.items[at];
  if (!item || !pack) throw new Error("no lie");
  const said = item.fields.pack as object;
  walk.items[at] = {
    ...item,
    fields: { ...item.fields, pack: { ...said, hash: packHash(forTheYoung) } },
  };
  expect(await foundAt(walk)).toEqual(differ("pack"));
  const { findings } = await audit(bundleOf(entriesOf(walk.items), { packs: walk.packs }));
  expect(findings[0]?.expected).toContain(pack.hash);
});

describe("an engine", () => {
  /** A decision that says it was made by `engine`, and whatever else it says. */
  async function by(engine: object, over: Record<string, Json> = {}) {
    const walk = await opened();
    await walk.submit("submitted", claimOne, scheduled, intake, byPerson(staff));
    await decideOn(walk, claimOne, (world) => world);
    await walk.propose("proposed", claimOne, payoutOne, byMachine());
    const at = walk.at("lie");
    const item = walk.items[at];
    if (!item) throw new Error("no lie");
    const said = { ...(item.fields.engine as object), ...engine } as Json;
    walk.items[at] = { ...item, fields: { ...item.fields, engine: said, ...over } };
    const files = bundleOf(entriesOf(walk.items), { packs: walk.packs });
    const { findings, tally, acts } = await audit(files);
    return { findings, tally, closed: acts.sealed - acts.reexecuted, at: `${at}` };
  }

  test.each([
    { engine: { version: "2" }, named: "countersign-cel version 2" },
    { engine: { id: "another" }, named: "another version 1" },
  ])(
    "of another name or version is told as that, and counted: $named",
    async ({ engine, named }) => {
      const { findings, tally, closed, at } = await by(engine);
      expect(findings).toMatchObject([
        { index: at, code: "engine-differs", found: `decided by engine ${named}: not re-executed` },
      ]);
      expect([tally.decisions, tally.reexecuted, tally.holes, closed]).toEqual([1, 0, 1, 1]);
    },
  );

  test("is no cover for what no engine decides: a false input beside it is found", async () => {
    const { findings } = await by({ version: "2" }, { inputs: [] });
    const codes = new Set(findings.map(({ code }) => code));
    expect(codes).toEqual(new Set(["engine-differs", "input-differs"]));
  });

  test("may be built on another library; no name at all is a false one", async () => {
    expect((await by({ library: "a home-made one" })).findings).toEqual([]);
    const { findings } = await by({}, { engine: null });
    expect(findings).toMatchObject([{ code: "decision-differs" }]);
  });
});
