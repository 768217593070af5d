import { beforeAll, describe, expect, test } from "@jest/globals";
import { formatOpeningLine, openingLine } from "../../shared/audit/opening-line.ts";
import { concat, utf8 } from "../../shared/base/bytes.ts";
import type { Cover } from "../../shared/policy/erasure-forms.ts";
import { recordTotals, type Totals } from "../../shared/policy/totals.ts";
import { byMachine, insured, policyStream, usd } from "../policy/sample.ts";
import { audit, bundleOf, type Entry, entriesOf, type Files } from "./bundle.ts";
import { erasedWalk, subject, whole } from "./erased-walk.ts";
import { claimOne, claimTwo, staff, type Walk } from "./walk.ts";

let walk: Walk;
let entries: Entry[];
beforeAll(async () => {
  walk = await erasedWalk();
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
    const short = await erasedWalk([subject(claimOne, 2n), subject(policyStream, 2n)]);
    const index = short.at("closed");
    expect(await found(bundle(short, gone(short)))).toContain(`${index} hole`);
    const other = await erasedWalk([subject(policyStream, 2n)]);
    expect(await found(bundle(other, gone(other)))).toContain(`${other.at("submitted")} hole`);
    expect(await found(bundle(walk, [walk.at("other decided")]))).toContain(
      `${walk.at("other decided")} hole`,
    );
  });

  test("naming a stream that is not there, or one that is still open, is a finding", async () => {
    for (const covers of [[subject(claimTwo, 1n)], [subject(claimOne, 9n)]]) {
      const false_ = await erasedWalk([...whole, ...covers]);
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
  const left = await erasedWalk([actor], staff);
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
    period: "2026-03-04",
    currency: "USD",
    from: BigInt(from),
    to: BigInt(to),
    counts: { reported: 1n, paid: 0n, recovered: 0n, outstanding: 1n, erased: 1n },
    reported: usd(50_000n),
    paid: usd(0n),
    recovered: usd(0n),
    outstanding: usd(30_000n),
    books: [
      { account: "case-reserve", side: "credit", amount: usd(50_000n) },
      { account: "reserve-change", side: "debit", amount: usd(50_000n) },
    ],
  });
  const record = async (walk: Walk, name: string, totals: Omit<Totals, "now" | "by">) =>
    walk.take(name, recordTotals(await walk.reader.insurer(), totals, byMachine()), byMachine());

  test("of a period with an erased claim leave it out, say so, and foot; so does the next", async () => {
    const walk = await erasedWalk();
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
    const walk = await erasedWalk();
    await record(walk, "totals", { ...left(0, walk.items.length), ...over });
    expect(await found(bundle(walk, gone(walk)))).toEqual([`${walk.at("totals")} totals-differs`]);
  });

  test("from before the erasure can't be footed any more, whatever they say; the next period goes on from them and foots", async () => {
    let end = 0;
    const walk = await erasedWalk(whole, insured, async (so) => {
      end = so.items.length;
      const one = { ...left(0, end).counts, outstanding: 0n, erased: 0n };
      await record(so, "before", { ...left(0, end), counts: one, reported: usd(77n) });
    });
    const after = { ...left(end, walk.items.length), counts: { ...left(0, 0).counts, erased: 0n } };
    await record(walk, "totals", after);
    expect(await found(bundle(walk, gone(walk)))).toEqual([]);
    const lies = await erasedWalk();
    await record(lies, "totals", { ...left(0, lies.items.length), counts: after.counts });
    expect(await found(bundle(lies, gone(lies)))).toContain(`${lies.at("totals")} totals-differs`);
  });
});
