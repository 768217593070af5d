import { describe, expect, test } from "@jest/globals";
import { type Accumulator, accumulate, newAccumulator } from "../../shared/base/accumulator.ts";
import type { Act } from "../../shared/base/actor.ts";
import { type DomainEvent, encodeContent } from "../../shared/base/event.ts";
import { isRefusal, type Refusal } from "../../shared/base/refusal.ts";
import { adjudicateClaim } from "../../shared/claim/adjudicate.ts";
import {
  type Decided,
  decidedDeltas,
  decidedForm,
  evolveDecided,
} from "../../shared/claim/decided.ts";
import { lossOf } from "../../shared/claim/duplicate.ts";
import { ruleOnClaim } from "../../shared/claim/rule.ts";
import type { ClaimState } from "../../shared/claim/state.ts";
import type { Submission } from "../../shared/claim/submission.ts";
import type { ClaimWorld } from "../../shared/claim/world.ts";
import { compilePack } from "../../shared/coverage/compile.ts";
import { healthIndemnity } from "../../shared/coverage/packs.ts";
import { byMachine, byPerson, day, handle, policyStream, usd } from "../policy/sample.ts";
import { line, pack, ruling, submitted, world } from "./sample.ts";

const adjuster = byPerson(handle("6"));
const compiled = compilePack(healthIndemnity);
const deductible = "medical/annual-deductible/2021-01-01";
const maximum = "medical/annual-maximum/2021-01-01";
const limit = "medical/annual-limit/2021-01-01";
const lifetime = "medical/lifetime-limit/lifetime";
const approved = "medical/approved";

/** Claims of one policy under the health plan, decided one after another; the policy's row adds up as the store's and the auditor's do. */
class Book {
  row: Accumulator = newAccumulator(`policy/${policyStream}`);
  readonly #claims = new Map<string, { state: ClaimState; row: Accumulator; version: bigint }>();

  submit(name: string, minor: bigint, over: Partial<Submission> = {}): void {
    const stated = { event: "illness" as const, lines: [line(minor)], ...over };
    const row = newAccumulator(`claim/${handle(name)}`);
    this.#claims.set(name, { state: submitted(stated), row, version: 1n });
  }

  world(name: string): ClaimWorld {
    const { state, row, version } = this.#claim(name);
    const on = world(state, { version, terms: { birthDate: day("1981-05-04"), limit: null } });
    if (!on.cover) throw new Error("no cover");
    const claim = { ...on.claim, stream: handle(name) };
    const cover = { ...on.cover, accumulator: this.row, pack: { ...pack(), compiled } };
    return { ...on, claim, claimAccumulator: row, cover };
  }

  pack(name: string): Decided {
    return this.#take(name, adjudicateClaim(this.world(name), byMachine()), byMachine());
  }

  rule(name: string, over: Parameters<typeof ruling>[0] = {}): Decided {
    return this.#take(name, ruleOnClaim(this.world(name), ruling(over), adjuster), adjuster);
  }

  reopen(name: string): void {
    const claim = this.#claim(name);
    this.#claims.set(name, { ...claim, state: { ...claim.state, status: "reopened" } });
  }

  /** What the row holds but marks, zeros left out. */
  get sums(): Record<string, bigint> {
    const named = Object.entries(this.row.values);
    return Object.fromEntries(
      named.filter(([name, minor]) => minor !== 0n && !name.startsWith("loss/")),
    );
  }

  #claim(name: string) {
    const claim = this.#claims.get(name);
    if (!claim) throw new Error(`no claim ${name}`);
    return claim;
  }

  #take(name: string, event: DomainEvent | Refusal, act: Act): Decided {
    if (isRefusal(event)) throw new Error(`${event.refused}: ${event.detail}`);
    const claim = this.#claim(name);
    const content = event.content as Decided;
    // What is sealed must be readable again.
    decidedForm.schema.parse(encodeContent(decidedForm, content));
    for (const delta of decidedDeltas(claim.state, event)) {
      if (delta.subject === this.row.subject) this.row = accumulate(this.row, delta);
      else claim.row = accumulate(claim.row, delta);
    }
    const version = claim.version + 1n;
    const state = evolveDecided(claim.state, event, version, act.kind);
    this.#claims.set(name, { ...claim, state, version });
    return content;
  }
}

const bookAfter = (...minors: readonly bigint[]): Book => {
  const book = new Book();
  for (const [index, minor] of minors.entries()) {
    const name = String(index + 1);
    book.submit(name, minor);
    book.pack(name);
  }
  return book;
};

describe("claims of a policy add up", () => {
  test("the second starts where the first left the deductible", () => {
    const book = new Book();
    book.submit("1", 70_000n);
    expect(book.pack("1").award).toEqual(usd(16_000n));
    book.submit("2", 100_000n);
    const second = book.pack("2");
    expect([second.award, second.counts]).toEqual([
      usd(80_000n),
      {
        [approved]: 80_000n,
        [deductible]: 0n,
        [maximum]: 20_000n,
        [limit]: 80_000n,
        [lifetime]: 80_000n,
        [`${lossOf(book.world("2").claim.state)}${handle("2")}`]: 1n,
      },
    ]);
    expect(book.sums).toEqual({
      [approved]: 96_000n,
      [deductible]: 50_000n,
      [maximum]: 74_000n,
      [limit]: 96_000n,
      [lifetime]: 96_000n,
    });
  });

  test("a claim decided again does not meet its own amounts", () => {
    const book = bookAfter(70_000n);
    book.reopen("1");
    expect(book.world("1").cover?.accumulator.values[deductible]).toBe(50_000n);
    expect(book.rule("1", { outcome: "PAY_PART", amount: usd(16_000n) }).counts).toMatchObject({
      [deductible]: 50_000n,
      [maximum]: 54_000n,
    });
    expect(book.sums[deductible]).toBe(50_000n);
  });
});

describe("a decision that supersedes another takes its amounts back", () => {
  test("a denial gives all of them back, and the next claim bears the deductible", () => {
    const book = bookAfter(70_000n, 100_000n);
    book.reopen("1");
    book.rule("1", { outcome: "DENY", reasonCode: "NOT_COVERED" });
    expect(book.sums).toEqual({
      [approved]: 80_000n,
      [maximum]: 20_000n,
      [limit]: 80_000n,
      [lifetime]: 80_000n,
    });
    book.submit("3", 50_001n);
    // One cent is left to share above the deductible; 20 % of it is nothing, rounded down.
    const third = book.pack("3");
    expect([third.award, third.counts?.[deductible]]).toEqual([usd(1n), 50_000n]);
  });

  test("a higher award counts as much more, and the insured bears as much less", () => {
    const book = bookAfter(70_000n);
    book.reopen("1");
    book.rule("1", { outcome: "PAY_PART", amount: usd(40_000n), reasonCode: "GOODWILL" });
    expect(book.sums).toEqual({
      [approved]: 40_000n,
      [deductible]: 30_000n,
      [maximum]: 30_000n,
      [limit]: 40_000n,
      [lifetime]: 40_000n,
    });
  });
});

describe("a person's ruling counts under the rule of the pack", () => {
  test("a claim within the deductible is ruled to be paid nothing, and wears the deductible down", () => {
    const book = bookAfter(30_000n);
    expect(book.sums).toEqual({});
    const zero = { outcome: "PAY_PART", amount: usd(0n), reasonCode: "COVERED_AT_ZERO" } as const;
    book.rule("1", zero);
    expect(book.sums).toEqual({ [deductible]: 30_000n, [maximum]: 30_000n });
    book.submit("2", 30_000n, { lossDate: day("2021-05-05") });
    expect(book.pack("2").award).toEqual(usd(8_000n));
  });

  test("no ruling passes a limit of the pack", () => {
    const book = new Book();
    book.row = { ...book.row, values: { [deductible]: 50_000n, [limit]: 4_999_000n } };
    book.submit("1", 100_000n);
    expect(book.pack("1").award).toEqual(usd(1_000n));
    book.reopen("1");
    const part = (minor: bigint) =>
      ruleOnClaim(
        book.world("1"),
        ruling({ outcome: "PAY_PART", amount: usd(minor), reasonCode: "GOODWILL" }),
        adjuster,
      );
    expect(part(1_001n)).toMatchObject({
      refused: "limit-exceeded",
      detail: "Only 10.00 of the limit annual-limit/2021-01-01 is left.",
    });
    expect(isRefusal(part(1_000n))).toBe(false);
  });
});

describe("one loss claimed twice", () => {
  const first = handle("1");
  test("is referred the second time, and the trace names the first by its handle", () => {
    const book = bookAfter(70_000n, 70_000n);
    const again = book.world("2").claim.state.decision;
    expect(again).toMatchObject({ outcome: "REFER", reasonCode: "DUPLICATE_SUSPECTED" });
    book.submit("3", 70_000n);
    const third = book.pack("3");
    expect(third.trace).toContainEqual({ earlier: first });
    expect(third.citation?.clause).toBe("10.3");
    expect(book.sums[approved]).toBe(16_000n);
  });

  test("is suspected whatever became of the first", () => {
    const book = bookAfter(30_000n);
    book.rule("1", { outcome: "DENY", reasonCode: "NOT_COVERED" });
    book.submit("2", 30_000n);
    expect(book.pack("2").trace).toContainEqual({ earlier: first });
  });

  test("the first itself stays clear of it, and the second may be paid by a person", () => {
    const book = bookAfter(70_000n, 70_000n);
    book.reopen("1");
    expect(isRefusal(ruleOnClaim(book.world("1"), ruling(), adjuster))).toBe(false);
    book.rule("2", { outcome: "PAY_PART", amount: usd(56_000n), reasonCode: "COVERED" });
    expect(book.sums).toMatchObject({ [approved]: 72_000n, [deductible]: 50_000n });
  });

  test("is another loss on another day, by another cause, of another amount or another service", () => {
    const state = (over: Partial<Submission>) => submitted({ lines: [line(70_000n)], ...over });
    const of = (over: Partial<Submission>) => lossOf(state(over));
    const service = (name: string) => [{ ...line(70_000n), service: name }];
    const losses = [
      of({}),
      of({ lossDate: day("2021-05-05") }),
      of({ event: "accident" }),
      of({ lines: [line(70_001n)] }),
      of({ lines: service("consultation") }),
    ];
    expect(new Set(losses).size).toBe(losses.length);
    expect(of({ lines: service("  Surgery ") })).toBe(of({}));
    expect(of({ event: "illness", lines: service("anything") })).toBe(of({ event: "illness" }));
  });

  test("a decision seals no marks of other losses", () => {
    const book = bookAfter(70_000n, 80_000n);
    book.submit("3", 90_000n);
    const [, read] = book.pack("3").accumulators;
    expect(Object.keys(read?.values ?? {}).filter((name) => name.startsWith("loss/"))).toEqual([]);
    expect(read?.values[deductible]).toBe(50_000n);
    const marks = Object.keys(book.row.values).filter((name) => name.startsWith("loss/"));
    expect(marks).toHaveLength(3);
  });
});

test("under a pack without steps a decision reads and counts what it did before", () => {
  const on = world(submitted({ lines: [line(50_000n, 30_000n)] }));
  const event = adjudicateClaim(on, byMachine());
  expect((event as DomainEvent).content).toMatchObject({ counts: { [approved]: 30_000n } });
  expect(Object.keys(((event as DomainEvent).content as Decided).counts ?? {})).toEqual([approved]);
});
