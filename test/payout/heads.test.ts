import { describe, expect, test } from "@jest/globals";
import { isRefusal } from "../../shared/base/refusal.ts";
import { spentInAll } from "../../shared/claim/heads.ts";
import type { ClaimState } from "../../shared/claim/state.ts";
import { approvePayout, screenPayout } from "../../shared/payout/advance.ts";
import type { Proposed } from "../../shared/payout/forms.ts";
import type { Asked } from "../../shared/payout/propose.ts";
import { byMachine, handle, insurer, paying, seen, usd } from "../policy/sample.ts";
import { checker, clear, Desk, maker, release, releaser, reportOn, second } from "./sample.ts";

const refused = (code: string) => expect.objectContaining({ refused: code });
const vendor = { name: "Loss Adjusters", account: "DE00VENDOR" };

/** A claim with an award of 500.00 and a reserve of `reserve` minor units, of an insurer that pays every head. */
function deskOf(reserve = 150_000n, over: Partial<ClaimState> = {}): Desk {
  const desk = new Desk(50_000n);
  desk.on = paying();
  const { stream, state, version } = desk.claim;
  desk.claim = seen(stream, { ...state, reserve: usd(reserve), ...over }, version);
  return desk;
}

const asking = (desk: Desk, asked: Asked, stream = handle("c"), act = maker) =>
  desk.propose(undefined, act, stream, undefined, asked);
const expense = (minor: bigint): Asked => ({ head: "expense", amount: usd(minor), payee: vendor });
const gift = (minor: bigint): Asked => ({ head: "ex-gratia", amount: usd(minor) });
const interest = (minor: bigint): Asked => ({ head: "interest", amount: usd(minor) });

/** Screens, approves, releases and settles a proposed payout. */
function settle(desk: Desk, stream: string): void {
  const events = [
    desk.act((world) => screenPayout(world, clear, byMachine()), stream),
    desk.act((world) => approvePayout(world, checker), stream),
    ...(desk.state(stream).status === "approved"
      ? []
      : [desk.act((world) => approvePayout(world, second), stream)]),
    desk.act((world) => release(world, releaser), stream),
    desk.act(reportOn("settled"), stream),
  ];
  for (const event of events) if (isRefusal(event)) throw new Error(event.detail);
}

describe("a head beside indemnity", () => {
  test("is counted apart: neither an expense, nor interest, nor ex gratia wears down the award", () => {
    const desk = deskOf();
    for (const [digit, asked] of [
      ["c", expense(1_000n)],
      ["d", interest(200n)],
      ["e", gift(300n)],
    ] as const) {
      expect(isRefusal(asking(desk, asked, handle(digit)))).toBe(false);
      settle(desk, handle(digit));
    }
    expect(desk.row.values).toEqual({
      approved: 50_000n,
      ...{ "expense/committed": 0n, "expense/paid": 1_000n },
      ...{ "interest/committed": 0n, "interest/paid": 200n },
      ...{ "ex-gratia/committed": 0n, "ex-gratia/paid": 300n },
      proposed: 3n,
    });
    expect(isRefusal(desk.propose(50_000n, maker))).toBe(false);
    expect(spentInAll(desk.row)).toBe(51_500n);
  });

  test("is paid only where the insurer has published bands for it, up to their last, by a person", () => {
    const none = deskOf();
    none.on = insurer();
    expect(asking(none, expense(1n))).toEqual(refused("above-authority"));
    const desk = deskOf(1_000_000n);
    expect(asking(desk, expense(200_001n))).toEqual(refused("above-authority"));
    expect(asking(desk, gift(50_001n))).toEqual(refused("above-authority"));
    expect(asking(desk, expense(1n), handle("c"), byMachine())).toEqual(refused("person-required"));
    expect(isRefusal(asking(desk, gift(50_000n)))).toBe(false);
    expect(desk.state(handle("c"))).toMatchObject({ approvers: 2n, head: "ex-gratia" });
    const { content } = asking(desk, expense(10n), handle("d")) as { content: Proposed };
    expect(content).toMatchObject({ bandsVersion: 3n, approvers: 1n, payee: vendor });
  });

  test("names its amount, which is above nothing", () => {
    expect(asking(deskOf(), { head: "interest" })).toEqual(refused("amount-required"));
    expect(asking(deskOf(), gift(0n))).toEqual(refused("amount-required"));
  });

  test("takes no room of what is still owed or claimed: the reserve is raised first", () => {
    expect(asking(deskOf(50_000n), expense(1n))).toEqual(refused("reserve-exceeded"));
    expect(isRefusal(asking(deskOf(50_001n), expense(1n)))).toBe(false);
    expect(asking(deskOf(50_001n), expense(2n))).toEqual(refused("reserve-exceeded"));
    // Before it is decided, all that is claimed may come to be owed.
    const open = { status: "referred", decision: null } as const;
    expect(asking(deskOf(50_000n, open), expense(1n))).toEqual(refused("reserve-exceeded"));
    expect(isRefusal(asking(deskOf(50_001n, open), expense(1n)))).toBe(false);
  });

  test("has its own time: an expense until the claim is over, interest on an award, ex gratia once it is decided", () => {
    const open = deskOf(150_000n, { status: "referred", decision: null });
    expect(isRefusal(asking(open, expense(1n)))).toBe(false);
    expect(asking(open, gift(1n), handle("d"))).toEqual(refused("wrong-state"));
    expect(asking(open, interest(1n), handle("d"))).toEqual(refused("wrong-state"));
    for (const status of ["closed", "withdrawn"] as const) {
      expect(asking(deskOf(150_000n, { status }), expense(1n))).toEqual(refused("wrong-state"));
    }
    const { decision } = deskOf().claim.state;
    if (!decision) throw new Error("decided");
    const denied = () =>
      deskOf(150_000n, { decision: { ...decision, outcome: "DENY", award: usd(0n) } });
    expect(asking(denied(), interest(1n))).toEqual(refused("wrong-state"));
    expect(isRefusal(asking(denied(), gift(1n)))).toBe(false);
  });

  test("goes to the claim's payee, but for an expense that is owed to another", () => {
    expect(asking(deskOf(), { ...gift(1n), payee: vendor })).toEqual(refused("not-permitted"));
    const desk = deskOf(150_000n, { payee: null });
    expect(asking(desk, gift(1n))).toEqual(refused("no-payee"));
    expect(isRefusal(asking(desk, expense(1n)))).toBe(false);
  });
});

describe("authority", () => {
  test("is asked by what a claim gets under a head in all: splitting a payout escapes no band", () => {
    const desk = new Desk(150_000n);
    expect(isRefusal(desk.propose(60_000n, byMachine()))).toBe(false);
    expect(desk.propose(60_000n, byMachine(), handle("c"))).toEqual(refused("person-required"));
    expect(isRefusal(desk.propose(60_000n, maker, handle("c")))).toBe(false);
    expect(desk.state(handle("c")).approvers).toBe(1n);
  });

  test("is free again for what came to nothing", () => {
    const desk = new Desk(150_000n);
    desk.propose(60_000n, byMachine());
    settle(desk, handle("4"));
    desk.act(reportOn("returned"));
    expect(isRefusal(desk.propose(60_000n, byMachine(), handle("c")))).toBe(false);
  });
});

describe("a payment in the interim", () => {
  const again = (status: ClaimState["status"]) => deskOf(150_000n, { status });

  test.each(["referred", "appealed", "reopened", "information-requested"] as const)(
    "pays what the standing decision awards while the claim is %s, where it says so",
    (status) => {
      expect(asking(again(status), {})).toEqual(refused("wrong-state"));
      const desk = again(status);
      expect(isRefusal(asking(desk, { interim: true }))).toBe(false);
      expect(desk.state(handle("c"))).toMatchObject({ interim: true, amount: usd(50_000n) });
      settle(desk, handle("c"));
      expect(asking(desk, { interim: true }, handle("d"))).toEqual(refused("award-exceeded"));
    },
  );

  test("is of indemnity, needs a decision, and is none once the claim is decided, withdrawn or closed", () => {
    for (const status of ["submitted", "decided", "withdrawn", "closed"] as const) {
      expect(asking(again(status), { interim: true })).toEqual(refused("wrong-state"));
    }
    const undecided = deskOf(150_000n, { status: "referred", decision: null });
    expect(asking(undecided, { interim: true })).toEqual(refused("wrong-state"));
    const late = { ...interest(1n), interim: true } as const;
    expect(asking(again("appealed"), late)).toEqual(refused("wrong-state"));
  });
});
