import { describe, expect, test } from "@jest/globals";
import { type Pack, packHash } from "../../shared/coverage/pack.ts";
import { planSchedule } from "../../shared/coverage/packs.ts";
import type { Asked } from "../../shared/payout/propose.ts";
import { publishPayments } from "../../shared/policy/payments.ts";
import { line, submission } from "../claim/sample.ts";
import {
  byMachine,
  byPerson,
  insured,
  minute,
  noon,
  second as oneSecond,
  payments,
  usd,
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

const recent = noon + 60n * minute;

/** A log where a proposal, 3 minutes after `recent`, reads the bands, or of interest the payments, that others superseded at `same`; the other of the two came at `other`. */
async function betweenOthers(asked: Asked, same: bigint, other: bigint) {
  const walk = await submittedWalk();
  await walk.adjudicate("decided", claimOne);
  await walk.propose("proposed", claimOne, payoutOne, byMachine(recent + 3n * minute), asked);
  const bands = (now: bigint) => walk.publishBands(`bands ${now}`, byPerson(staff, now));
  const paying = async (now: bigint) => {
    const act = byPerson(staff, now);
    const insurer = await walk.reader.insurer();
    walk.take(`payments ${now}`, publishPayments(insurer, payments, act), act);
  };
  const [publish, another] = asked.head ? [paying, bands] : [bands, paying];
  if (same < other) await publish(same);
  await another(other);
  if (same > other) await publish(same);
  const { items } = walk;
  const [proposed] = items.splice(walk.at("proposed"), 1);
  if (proposed) items.push(proposed);
  return { walk, at: items.length - 1 };
}

describe.each([
  ["bands", {}],
  ["payments", { head: "interest", amount: usd(100n) } as const],
])("%s that an insurer published among other documents", (_, asked) => {
  test("are good 3 minutes after they were superseded, however long another has been out", async () => {
    const { walk } = await betweenOthers(asked, recent, noon);
    expect(await found(walk)).toEqual([]);
  });

  test("are stale an hour after, however short another has been out", async () => {
    const { walk, at } = await betweenOthers(asked, noon, recent);
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
