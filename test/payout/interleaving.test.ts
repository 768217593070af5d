import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { accumulate } from "../../shared/base/accumulator.ts";
import { encodeContent } from "../../shared/base/event.ts";
import { isRefusal } from "../../shared/base/refusal.ts";
import { decidedDeltas, evolveDecided } from "../../shared/claim/decided.ts";
import { evolveStep, stepClaim } from "../../shared/claim/lifecycle.ts";
import { ruleOnClaim } from "../../shared/claim/rule.ts";
import {
  approvePayout,
  screenPayout,
  stopPayout,
  voidPayout,
} from "../../shared/payout/advance.ts";
import type { Proposed } from "../../shared/payout/forms.ts";
import { proposedForm } from "../../shared/payout/forms.ts";
import { world as claimWorld, ruling } from "../claim/sample.ts";
import { byMachine, handle, seen, usd } from "../policy/sample.ts";
import { checker, clear, Desk, maker, release, releaser, reportOn, second } from "./sample.ts";

const streams = ["c", "d"].map(handle);
/** Where each payout is given over to: the other, or a third of its own, on and on. */
const successors = ["e", "9"].map(handle);
const persons = [byMachine(), maker, checker, second, releaser];
/** Weighted so that most runs carry some payout to its end. */
const acts = {
  ...{ propose: 4, screen: 6, approve: 6, release: 8, settled: 8, returned: 4 },
  ...{ recalled: 4, reissue: 8 },
  ...{ hit: 1, rejected: 1, stop: 1, void: 1, reopen: 1, rule: 5 },
};
const command = fc.record({
  what: fc.oneof(
    ...Object.entries(acts).map(([what, weight]) => ({ arbitrary: fc.constant(what), weight })),
  ),
  payout: fc.oneof(
    { arbitrary: fc.nat(streams.length - 1), weight: 5 },
    { arbitrary: fc.nat(streams.length + successors.length - 1), weight: 1 },
  ),
  person: fc.nat(persons.length - 1),
  minor: fc.bigInt({ min: 0n, max: 60_000n }),
});
type Command = typeof command extends fc.Arbitrary<infer T> ? T : never;

/** Reopens the claim, or decides it again: the award moves under payouts that are on their way. */
function moveClaim(desk: Desk, { what, minor }: Command): void {
  const world = {
    ...claimWorld(desk.claim.state, { version: desk.claim.version, terms: { limit: null } }),
    claimAccumulator: desk.row,
  };
  if (what === "reopen") {
    const event = stepClaim({ ...world, claim: desk.claim }, "reopen", "why", checker);
    if (isRefusal(event)) return;
    desk.claim = seen(
      desk.claim.stream,
      evolveStep(desk.claim.state, event),
      desk.claim.version + 1n,
    );
    desk.row = accumulate(desk.row, { subject: desk.row.subject, add: {} });
    return;
  }
  const amount = minor > 49_999n ? 49_999n : minor;
  const event = ruleOnClaim(world, ruling({ outcome: "PAY_PART", amount: usd(amount) }), checker);
  if (isRefusal(event)) return;
  for (const delta of decidedDeltas(desk.claim.state, event)) {
    if (delta.subject === desk.row.subject) desk.row = accumulate(desk.row, delta);
  }
  const version = desk.claim.version + 1n;
  const state = evolveDecided(desk.claim.state, event, version, "person");
  desk.claim = seen(desk.claim.stream, state, version);
}

function run(desk: Desk, step: Command): void {
  const stream = [...streams, ...successors][step.payout] ?? handle("c");
  const act = persons[step.person] ?? maker;
  const sender = step.person === 0 ? act : releaser;
  if (step.what === "reopen" || step.what === "rule") {
    moveClaim(desk, step);
    return;
  }
  if (step.what === "reissue") {
    const successor = successors[step.payout % 2] ?? handle("e");
    if (!desk.payouts.has(stream) || desk.payouts.has(successor)) return;
    desk.reissue(stream, successor, act);
    return;
  }
  if (step.what === "propose") {
    if (desk.payouts.has(stream)) return;
    const event = desk.propose(step.minor === 60_000n ? undefined : step.minor, act, stream);
    if (!isRefusal(event)) encodeContent(proposedForm, event.content as Proposed);
    return;
  }
  if (!desk.payouts.has(stream)) return;
  desk.act((world) => {
    switch (step.what) {
      case "screen":
        return screenPayout(world, clear, byMachine());
      case "hit":
        return screenPayout(world, { ...clear, result: "hit" }, byMachine());
      case "approve":
        return approvePayout(world, act);
      case "release":
        return release(world, sender);
      case "stop":
        return stopPayout(world, "why", act);
      case "void":
        return voidPayout(world, "why", act);
      default: {
        const report = step.what as "settled" | "rejected" | "recalled" | "returned";
        return reportOn(report)(world);
      }
    }
  }, stream);
}

/** What the payouts themselves say went out, apart from the accumulator. */
function outOf(desk: Desk): { committed: bigint; net: bigint } {
  let [committed, net] = [0n, 0n];
  for (const { state } of desk.payouts.values()) {
    const { minor } = state.amount;
    if (["proposed", "screened", "held", "approved", "released"].includes(state.status)) {
      committed += minor;
    }
    if (state.status === "settled") net += minor;
  }
  return { committed, net };
}

/** What must hold after every step; the first that doesn't, in words. */
function broken(desk: Desk): string | undefined {
  const { committed, net } = outOf(desk);
  const paid = desk.value("paid") - desk.value("returned") - desk.value("recovered");
  if (paid !== net) return `paid ${paid} and payouts say ${net}`;
  if (desk.value("committed") !== committed) return `committed is not ${committed}`;
  if (paid + committed > desk.value("approved")) return `${paid + committed} out of an award`;
  for (const { state } of desk.payouts.values()) {
    const heir = state.replacedBy === null ? undefined : desk.payouts.get(state.replacedBy);
    if (heir && ["released", "settled"].includes(state.status)) return "both alive";
    if (state.replacedBy !== null && heir?.state.replaces === undefined) return "no successor";
    if (new Set(state.persons).size !== state.persons.length) return "a person twice";
  }
  return undefined;
}

test("however acts interleave, paid − returned − recovered never passes approved", () => {
  const reached = { settled: 0, returned: 0, recalled: 0, reissued: 0, decidedAgain: 0 };
  fc.assert(
    fc.property(fc.array(command, { minLength: 60, maxLength: 120 }), (steps) => {
      const desk = new Desk(50_000n);
      for (const step of steps) {
        run(desk, step);
        const what = broken(desk);
        if (what) throw new Error(`after ${step.what}: ${what}`);
      }
      if (desk.value("paid") > 0n) reached.settled++;
      if (desk.value("returned") > 0n) reached.returned++;
      const states = [...desk.payouts.values()].map(({ state }) => state);
      if (states.some(({ status }) => status === "recalled")) reached.recalled++;
      if (states.some(({ replaces }) => replaces !== null)) reached.reissued++;
      if (desk.claim.version > 3n) reached.decidedAgain++;
    }),
    { numRuns: 200, seed: 20_260_304 },
  );
  // The property says something only where money moved and awards changed.
  for (const count of Object.values(reached)) expect(count).toBeGreaterThan(2);
});
