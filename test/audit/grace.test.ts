import { describe, expect, test } from "@jest/globals";
import { type Pack, packHash } from "../../shared/coverage/pack.ts";
import { planSchedule } from "../../shared/coverage/packs.ts";
import { line, submission } from "../claim/sample.ts";
import {
  byMachine,
  byPerson,
  insured,
  minute,
  noon,
  second as oneSecond,
} from "../policy/sample.ts";
import { bundleOf, entriesOf, findingsIn } from "./bundle.ts";
import { claimOne, packApprover, payoutOne, staff, Walk } from "./walk.ts";

const next: Pack = {
  ...planSchedule,
  version: 2,
  title: "The same, published again",
  retroactive: { reason: "Nothing changes for anybody." },
};
const grace = 5n * minute;
const intake = { person: staff, channel: "intake" } as const;
const scheduled = { ...submission(), onBehalfOf: insured, lines: [line(50_000n, 30_000n)] };

/** A log up to one submitted claim. */
async function submittedWalk(): Promise<Walk> {
  const walk = new Walk();
  await walk.open();
  await walk.submit("submitted", claimOne, scheduled, intake, byPerson(staff));
  return walk;
}

const found = (walk: Walk) => findingsIn(bundleOf(entriesOf(walk.items), { packs: walk.packs }));

/** A log where version 2 is published at `noon`, and a decision of time `now` follows that still read version 1. */
async function underOldPack(now: bigint): Promise<{ walk: Walk; at: number }> {
  const walk = await submittedWalk();
  await walk.adjudicate("decided", claimOne, now);
  await walk.publish("second", next, byPerson(packApprover));
  const { items } = walk;
  const at = walk.at("decided");
  const [decided] = items.splice(at, 1);
  if (decided) items.push(decided);
  return { walk, at: items.length - 1 };
}

describe("a pack that was superseded just before a decision", () => {
  test.each([0n, oneSecond, grace - 1n])("is still good %d µs later", async (later) => {
    const { walk } = await underOldPack(noon + later);
    expect(await found(walk)).toEqual([]);
  });

  test.each([grace, grace + 1n, 60n * minute])("is stale %d µs later", async (later) => {
    const { walk, at } = await underOldPack(noon + later);
    expect(await found(walk)).toEqual([`${at} stale-input`]);
  });

  test("is good before it is superseded, whichever came into the log first", async () => {
    const { walk } = await underOldPack(noon - minute);
    expect(await found(walk)).toEqual([]);
  });

  test("can't be kept alive by a decision that says it is older than it is", async () => {
    const { walk, at } = await underOldPack(noon - 6n * minute);
    expect(await found(walk)).toEqual([`${at} time-differs`]);
  });

  test("is another pack when its hash is not the published one", async () => {
    const { walk, at } = await underOldPack(noon);
    const decided = walk.items[at];
    if (!decided) throw new Error("no decision");
    const pack = { ...(decided.fields.pack as object), hash: packHash(next) };
    walk.items[at] = { ...decided, fields: { ...decided.fields, pack } };
    expect(await found(walk)).toEqual([`${at} decision-differs`]);
  });
});

/** A log where new bands are published at noon, and a proposal of time `now` follows that still read the old ones. */
async function underOldBands(now: bigint): Promise<{ walk: Walk; at: number }> {
  const walk = await submittedWalk();
  await walk.adjudicate("decided", claimOne);
  await walk.propose("proposed", claimOne, payoutOne, byMachine(now));
  await walk.publishBands("stricter", byPerson(staff), [{ upTo: 10_000_000n, approvers: 0n }]);
  const { items } = walk;
  const [proposed] = items.splice(walk.at("proposed"), 1);
  if (proposed) items.push(proposed);
  return { walk, at: items.length - 1 };
}

describe("authority bands that were superseded just before a proposal", () => {
  test.each([0n, grace - 1n])("are still good %d µs later", async (later) => {
    const { walk } = await underOldBands(noon + later);
    expect(await found(walk)).toEqual([]);
  });

  test("are stale 5 minutes later", async () => {
    const { walk, at } = await underOldBands(noon + grace);
    expect(await found(walk)).toEqual([`${at} stale-input`]);
  });
});

test("nothing else has a grace: a decision right after an endorsement it did not read is stale", async () => {
  const walk = await submittedWalk();
  await walk.adjudicate("decided", claimOne);
  await walk.endorse("endorsed", {}, byMachine());
  const [decided] = walk.items.splice(walk.at("decided"), 1);
  if (decided) walk.items.push(decided);
  const at = walk.items.length - 1;
  const findings = await found(walk);
  expect(findings).toContain(`${at} stale-input`);
  expect(new Set(findings)).toEqual(new Set([`${at} stale-input`, `${at} accumulator-differs`]));
});
