import { beforeAll, describe, expect, test } from "@jest/globals";
import { formatOpeningLine, openingLine } from "../../shared/audit/opening-line.ts";
import { concat, utf8 } from "../../shared/base/bytes.ts";
import type { DomainEvent } from "../../shared/base/event.ts";
import { eventOf } from "../../shared/base/event.ts";
import { approveErasure, completeErasure, requestErasure } from "../../shared/policy/erasure.ts";
import { type Cover, recordedForm } from "../../shared/policy/erasure-forms.ts";
import { unheldPerson } from "../../shared/policy/person.ts";
import { cancelPolicy, issuePolicy } from "../../shared/policy/policy.ts";
import { recordTotals, type Totals } from "../../shared/policy/totals.ts";
import { line, submission } from "../claim/sample.ts";
import {
  byMachine,
  byPerson,
  insured,
  policyStream,
  stranger,
  terms,
  usd,
} from "../policy/sample.ts";
import { audit, bundleOf, type Entry, entriesOf, type Files } from "./bundle.ts";
import { claimFour, claimOne, claimTwo, otherPolicy, staff, Walk } from "./walk.ts";

const classes = ["identity-and-health", "financial"] as const;
const intake = { person: staff, channel: "intake" } as const;
const subject = (stream: string, version: bigint): Cover => ({ stream, version, as: "subject" });
const whole = [subject(claimOne, 3n), subject(policyStream, 2n)];

/** One person's claim, paid, closed and erased; then another person's, under another policy. */
async function walked(
  covers: readonly Cover[] = whole,
  person = insured,
  meanwhile: (walk: Walk) => Promise<void> = async () => undefined,
): Promise<Walk> {
  const walk = new Walk();
  await walk.open();
  const scheduled = { ...submission(), onBehalfOf: insured, lines: [line(50_000n, 30_000n)] };
  await walk.submit("submitted", claimOne, scheduled, intake, byPerson(staff));
  await walk.adjudicate("decided", claimOne);
  await walk.step("closed", claimOne, "close", byMachine());
  const policy = await walk.reader.stream("policy", policyStream);
  if (!policy) throw new Error("no policy");
  const insurer = await walk.reader.insurer();
  const by = byPerson(staff);
  walk.take("cancelled", cancelPolicy(insurer, policy, "ran out", by), by);
  const state = async () =>
    (await walk.reader.stream("person", person)) ?? {
      stream: person,
      version: 0n,
      state: unheldPerson,
    };
  await meanwhile(walk);
  const asked = requestErasure(insurer, await state(), { classes, basis: "request" }, by);
  walk.take("asked", asked, by);
  const checker = byPerson(stranger);
  walk.take("approved", approveErasure(insurer, await state(), [], checker), checker);
  const recorded = eventOf(recordedForm, person, { classes: [...classes], covers: [...covers] });
  walk.take("recorded", recorded as DomainEvent, byMachine());
  walk.take("completed", completeErasure(await state()), byMachine());
  const other = { insured: stranger, parties: [{ role: "insured", person: stranger } as const] };
  const issued = issuePolicy(insurer, otherPolicy, terms(other), byMachine());
  walk.take("other policy", issued, byMachine());
  const elsewhere = { ...scheduled, policy: otherPolicy, onBehalfOf: stranger };
  await walk.submit("other submitted", claimFour, elsewhere, intake, byPerson(staff));
  await walk.adjudicate("other decided", claimFour);
  return walk;
}

let walk: Walk;
let entries: Entry[];
beforeAll(async () => {
  walk = await walked();
  entries = entriesOf(walk.items);
});
const names = ["policy", "submitted", "decided", "closed", "cancelled"];
const gone = (of: Walk, some = names) => some.map((name) => of.at(name));
const bundle = (of: Walk, lost: readonly number[]): Files =>
  bundleOf(entriesOf(of.items), { packs: of.packs, lost });
const found = async (files: Files) =>
  (await audit(files)).findings.map(({ index, code }) => `${index ?? "-"} ${code}`);

describe("records that an erasure covers", () => {
  test("count as erased, are no finding, and leave another person's decision to be made again", async () => {
    const { tally, findings } = await audit(bundle(walk, gone(walk)));
    expect(findings).toEqual([]);
    expect(tally).toMatchObject({ decisions: 2, reexecuted: 1, erased: 1, holes: 0, withheld: 0 });
  });

  test("may still show who acted: that part is somebody else's", async () => {
    const index = walk.at("submitted");
    const { openings, leaves } = entries[index] as Entry;
    const by = openings.filter(({ path }) => path === "by");
    expect(by).toHaveLength(1);
    const files = bundle(walk, gone(walk));
    const shown = formatOpeningLine(openingLine(BigInt(index), leaves, by));
    const old = files.get("openings/000000.jsonl") ?? new Uint8Array();
    files.set("openings/000000.jsonl", concat(old, utf8(`${shown}\n`)));
    const { tally, findings } = await audit(files);
    expect(findings).toEqual([]);
    expect(tally).toMatchObject({ erased: 1, reexecuted: 1 });
  });

  test("and still open are a finding each: the insurer kept what it says it erased", async () => {
    const kept = gone(walk).map((index) => `${index} erasure-differs`);
    expect(await found(bundle(walk, []))).toEqual(kept);
  });
});

describe("an erasure covers no more than it names", () => {
  test("a later version, or a stream it does not name, is a hole as before", async () => {
    const short = await walked([subject(claimOne, 2n), subject(policyStream, 2n)]);
    const index = short.at("closed");
    expect(await found(bundle(short, gone(short)))).toContain(`${index} hole`);
    const other = await walked([subject(policyStream, 2n)]);
    expect(await found(bundle(other, gone(other)))).toContain(`${other.at("submitted")} hole`);
    expect(await found(bundle(walk, [walk.at("other decided")]))).toContain(
      `${walk.at("other decided")} hole`,
    );
  });

  test("naming a stream that is not there, or one that is still open, is a finding", async () => {
    for (const covers of [[subject(claimTwo, 1n)], [subject(claimOne, 9n)]]) {
      const false_ = await walked([...whole, ...covers]);
      expect(await found(bundle(false_, gone(false_)))).toContain(
        `${false_.at("recorded")} erasure-differs`,
      );
    }
    const items = walk.items.filter((_, index) => index !== walk.at("closed"));
    const place = walk.at("recorded") - 1;
    const open = bundleOf(entriesOf(items), { packs: walk.packs, lost: gone(walk) });
    expect(await found(open)).toContain(`${place} erasure-differs`);
  });

  test("without another person's approval it is refused", async () => {
    const items = walk.items.filter((_, index) => index !== walk.at("approved"));
    const files = bundleOf(entriesOf(items), { packs: walk.packs, lost: gone(walk) });
    expect(await found(files)).toContain(`${walk.at("recorded") - 1} refused`);
  });
});

test("an actor who was erased leaves a claim that is decided again: only their credential is gone", async () => {
  const actor: Cover = { stream: claimOne, version: 1n, as: "actor" };
  const left = await walked([actor], staff);
  const sealed = entriesOf(left.items);
  const index = left.at("submitted");
  const { openings, leaves } = sealed[index] as Entry;
  const withoutBy = openings.filter(({ path }) => path !== "by");
  const files = bundle(left, [index]);
  const shown = formatOpeningLine(openingLine(BigInt(index), leaves, withoutBy));
  const lines = Buffer.from(files.get("openings/000000.jsonl") ?? []).toString();
  files.set("openings/000000.jsonl", utf8(`${lines}${shown}\n`));
  const { tally, findings } = await audit(files);
  expect(findings.filter(({ code }) => code !== "refused")).toEqual([]);
  expect(tally).toMatchObject({ decisions: 2, reexecuted: 2, erased: 0, holes: 0 });
});

describe("control totals", () => {
  /** By hand: one claim of 500 is left, of which the schedule awarded 300; the other was erased. */
  const left = (from: number, to: number): Omit<Totals, "now" | "by"> => ({
    period: "2026-03",
    currency: "USD",
    from: BigInt(from),
    to: BigInt(to),
    counts: { reported: 1n, paid: 0n, recovered: 0n, outstanding: 1n, erased: 1n },
    reported: usd(50_000n),
    paid: usd(0n),
    recovered: usd(0n),
    outstanding: usd(30_000n),
  });
  const record = async (walk: Walk, name: string, totals: Omit<Totals, "now" | "by">) =>
    walk.take(name, recordTotals(await walk.reader.insurer(), totals, byMachine()), byMachine());

  test("of a period with an erased claim leave it out, say so, and foot; so does the next", async () => {
    const walk = await walked();
    const end = walk.items.length;
    await record(walk, "totals", left(0, end));
    const none = { reported: 0n, paid: 0n, recovered: 0n, outstanding: 1n, erased: 0n };
    const next = { ...left(end, end + 1), counts: none, reported: usd(0n) };
    await record(walk, "next", next);
    expect(await found(bundle(walk, gone(walk)))).toEqual([]);
  });

  test.each<[string, Partial<Totals>]>([
    ["nothing was left out", { counts: { ...left(0, 0).counts, erased: 0n } }],
    ["the erased claim was reported", { reported: usd(100_000n) }],
    ["the erased claim is outstanding", { outstanding: usd(60_000n) }],
  ])("that say %s differ", async (_, over) => {
    const walk = await walked();
    await record(walk, "totals", { ...left(0, walk.items.length), ...over });
    expect(await found(bundle(walk, gone(walk)))).toEqual([`${walk.at("totals")} totals-differs`]);
  });

  test("from before the erasure can't be footed any more, whatever they say; the next period goes on from them and foots", async () => {
    let end = 0;
    const walk = await walked(whole, insured, async (so) => {
      end = so.items.length;
      const one = { ...left(0, end).counts, outstanding: 0n, erased: 0n };
      await record(so, "before", { ...left(0, end), counts: one, reported: usd(77n) });
    });
    const after = { ...left(end, walk.items.length), counts: { ...left(0, 0).counts, erased: 0n } };
    await record(walk, "totals", after);
    expect(await found(bundle(walk, gone(walk)))).toEqual([]);
    const lies = await walked();
    await record(lies, "totals", { ...left(0, lies.items.length), counts: after.counts });
    expect(await found(bundle(lies, gone(lies)))).toContain(`${lies.at("totals")} totals-differs`);
  });
});
