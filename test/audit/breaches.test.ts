import { describe, expect, test } from "@jest/globals";
import { clockWorld } from "../../shared/audit/reader.ts";
import type { Act } from "../../shared/base/actor.ts";
import { formatInstant, formatMinute } from "../../shared/base/instant.ts";
import { recordBreach } from "../../shared/claim/breach.ts";
import type { ClockName } from "../../shared/claim/state.ts";
import { approvePayout, screenPayout } from "../../shared/payout/advance.ts";
import { orderedOf } from "../../shared/payout/ordered.ts";
import { publishClocks } from "../../shared/policy/clocks.ts";
import { submission } from "../claim/sample.ts";
import { clear, release, releaser, reportOn } from "../payout/sample.ts";
import { byMachine, byPerson, insured, minute, noon } from "../policy/sample.ts";
import { audit, bundleOf, entriesOf, findingsIn } from "./bundle.ts";
import { honestLog } from "./honest.ts";
import { adjuster, claimOne, claimTwo, payoutOne, Walk } from "./walk.ts";

const day = 1_440n * minute;
const rule = { jurisdiction: "US", acknowledgeDays: 10n, decideDays: 30n, payDays: 5n } as const;
const clocks = { home: "US", clocks: [{ ...rule, decideFrom: "notice" as const }] };

async function breach(walk: Walk, name: string, claim: string, clock: ClockName, now: bigint) {
  const world = await clockWorld(walk.reader, claim);
  if (!world) throw new Error("no such claim");
  const act = byMachine(now);
  walk.take(name, recordBreach(world, clock, orderedOf(world.payouts), act), act);
}

/**
 * A claim whose award of 300 is paid a day late, its payout approved before; another that is acknowledged two days late and that nobody decides. `skip` names
 * breaches that are not recorded.
 */
async function late(...skip: string[]): Promise<Walk> {
  const walk = new Walk();
  await walk.decided(claimOne);
  const machine = byMachine();
  walk.take("clocks", publishClocks(await walk.reader.insurer(), clocks, machine), machine);
  await walk.propose("proposed", claimOne, payoutOne, machine);
  await walk.payout("screened", payoutOne, machine, (on, act) => screenPayout(on, clear, act));
  await walk.payout("approved", payoutOne, machine, approvePayout);
  const claimant = { person: insured, channel: "claimant" } as const;
  await walk.submit("submitted two", claimTwo, submission(), claimant, byPerson(insured));
  await walk.adjudicate("referred two", claimTwo);
  const record = async (clock: ClockName, claim: string, days: bigint): Promise<void> => {
    if (!skip.includes(clock)) await breach(walk, clock, claim, clock, noon + days * day + minute);
  };
  await record("pay", claimOne, 5n);
  await walk.payout("released", payoutOne, { ...releaser, now: noon + 7n * day }, release);
  const booked = byMachine(noon + 8n * day);
  await walk.payout("settled", payoutOne, booked, reportOn("settled"));
  await record("acknowledge", claimTwo, 10n);
  await walk.step("told", claimTwo, "acknowledge", byPerson(adjuster, noon + 12n * day));
  await record("decide", claimTwo, 30n);
  const bands = [{ upTo: 500_000n, approvers: 0n }];
  await walk.publishBands("ever after", byPerson(adjuster, noon + 40n * day), bands);
  return walk;
}

test("breaches that are such are re-executed, and void no payout that was approved before", async () => {
  const walk = await late();
  const verdict = await audit((await honestLog(walk)).bundle({ notes: [] }));
  expect(verdict.findings).toEqual([]);
  expect(verdict.clocks).toEqual({ breaches: 3, unread: 0 });
});

describe("a breach that nobody recorded within a day", () => {
  test.each([
    ["pay", "approved"],
    ["acknowledge", "referred two"],
    ["decide", "told"],
  ])("of the clock to %s is found at the last record before it", async (clock, name) => {
    const walk = await late(clock);
    const { findings } = await audit((await honestLog(walk)).bundle({ notes: [] }));
    expect(findings).toMatchObject([
      { code: "breach-missing", index: `${walk.at(name)}`, found: "none within a day" },
    ]);
    expect(findings[0]?.expected).toContain(`${clock} was due by 2026-`);
  });

  test("is no finding before the day is over", async () => {
    const walk = await late("decide");
    const upTo = (days: bigint) => {
      const items = walk.items.map((item, at) =>
        at < walk.items.length - 1 ? item : { ...item, time: formatMinute(noon + days * day) },
      );
      return findingsIn(bundleOf(entriesOf(items), { packs: walk.packs }));
    };
    expect(await upTo(31n)).toEqual([]);
    expect(await upTo(32n)).toEqual([`${walk.at("told")} breach-missing`]);
  });

  test("is no finding of an auditor who can't read the claim, who is told of how many that holds", async () => {
    const walk = await late("acknowledge", "decide");
    const ofTwo = walk.items.flatMap(({ stream }, at) => (stream === claimTwo ? [at] : []));
    const { findings, clocks } = await audit(
      bundleOf(entriesOf(walk.items), { packs: walk.packs, withheld: ofTwo }),
    );
    expect(findings).toEqual([]);
    expect(clocks).toEqual({ breaches: 1, unread: 1 });
  });
});

test.each([
  [4n, []],
  [5n, ["stale-input", "event-differs"]],
])(
  "clocks that were superseded %d minutes before a breach, and bands since they came: %j",
  async (ago, codes) => {
    const walk = new Walk();
    await walk.decided(claimOne);
    const publish = async (name: string, payDays: bigint, act: Act) => {
      const published = { ...clocks, clocks: clocks.clocks.map((each) => ({ ...each, payDays })) };
      walk.take(name, publishClocks(await walk.reader.insurer(), published, act), act);
    };
    await publish("clocks", 5n, byMachine());
    await walk.publishBands("bands since", byPerson(adjuster, noon + 2n * day));
    const over = noon + 5n * day + 10n * minute;
    await breach(walk, "breached", claimOne, "pay", over);
    await publish("shorter", 4n, byPerson(adjuster, over - ago * minute));
    const { items } = walk;
    const [breached] = items.splice(walk.at("breached"), 1);
    if (breached) items.push(breached);
    const findings = await findingsIn(bundleOf(entriesOf(items), { packs: walk.packs }));
    expect(findings).toEqual(codes.map((code) => `${items.length - 1} ${code}`));
  },
);

describe("a policy that is endorsed to lie where the clock has run out five days ago", () => {
  const over = noon + 20n * day;
  async function moved(name: "recorded" | "not recorded"): Promise<Walk> {
    const walk = new Walk();
    await walk.open();
    const nearer = { ...rule, jurisdiction: "US-CA", decideDays: 15n, acknowledgeDays: 15n };
    const all = [{ ...rule, acknowledgeDays: 30n }, nearer];
    const decideFrom = "notice" as const;
    const published = { home: "US", clocks: all.map((each) => ({ ...each, decideFrom })) };
    const machine = byMachine();
    walk.take("clocks", publishClocks(await walk.reader.insurer(), published, machine), machine);
    const claimant = { person: insured, channel: "claimant" } as const;
    await walk.submit("submitted", claimTwo, submission(), claimant, byPerson(insured));
    await walk.endorse("endorsed", { jurisdiction: "US-CA" }, byPerson(adjuster, over));
    const soon = over + 2n * minute;
    if (name === "recorded") await breach(walk, "late to tell", claimTwo, "acknowledge", soon);
    await walk.step("told", claimTwo, "acknowledge", byPerson(adjuster, soon));
    if (name === "recorded") await breach(walk, "late", claimTwo, "decide", soon);
    const bands = [{ upTo: 500_000n, approvers: 0n }];
    await walk.publishBands("ever after", byPerson(adjuster, over + 2n * day), bands);
    return walk;
  }
  const found = (walk: Walk) => findingsIn(bundleOf(entriesOf(walk.items), { packs: walk.packs }));

  test("has a day from then for its breaches", async () => {
    expect(await found(await moved("recorded"))).toEqual([]);
  });

  test("and no more", async () => {
    const walk = await moved("not recorded");
    expect(await found(walk)).toEqual([`${walk.at("told")} breach-missing`]);
  });
});

test.each([
  ["decide", "now", formatInstant(noon + 30n * day), "refused"],
  ["decide", "due", formatInstant(noon + 29n * day), "event-differs"],
  ["pay", "clocksVersion", "2", "stale-input"],
  ["pay", "clock", "acknowledge", "refused"],
  ["acknowledge", "jurisdiction", "FR", "event-differs"],
])("a breach of %s that says another %s is found", async (name, field, value, code) => {
  const walk = await late();
  const honest = await honestLog(walk);
  const time = field === "now" ? { time: formatMinute(noon + 30n * day) } : {};
  const files = honest.rewritten(
    name,
    ({ fields }) => ({ fields: { ...fields, [field]: value }, ...time }),
    { notes: [] },
  );
  expect(await findingsIn(files)).toContain(honest.finding(name, code));
});
