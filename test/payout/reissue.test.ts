import { describe, expect, test } from "@jest/globals";
import { isRefusal } from "../../shared/base/refusal.ts";
import { approvePayout, screenPayout, voidPayout } from "../../shared/payout/advance.ts";
import { reissuePayout } from "../../shared/payout/reissue.ts";
import type { BankReport } from "../../shared/payout/state.ts";
import { type PayoutStatus, payoutStatuses } from "../../shared/payout/state.ts";
import { byMachine, bySimulated, handle, payoutStream } from "../policy/sample.ts";
import { checker, clear, Desk, maker, release, releaser, reportOn } from "./sample.ts";

const refused = (code: string) => expect.objectContaining({ refused: code });
const [heir, other] = [handle("c"), handle("d")];

/** A payout of an award of 500.00 whose bank said `report`, one after the other. */
function reported(...reports: BankReport[]): Desk {
  const desk = new Desk(50_000n);
  const events = [
    desk.propose(undefined, byMachine()),
    desk.act((world) => screenPayout(world, clear, byMachine())),
    desk.act((world) => approvePayout(world, byMachine())),
    desk.act((world) => release(world, releaser)),
    ...reports.map((report) => desk.act(reportOn(report))),
  ];
  for (const event of events) if (isRefusal(event)) throw new Error(event.detail);
  return desk;
}

describe("a payout that is recalled", () => {
  test("frees its commitment and was never paid", () => {
    const desk = reported("recalled");
    expect(desk.state().status).toBe("recalled");
    expect(desk.row.values).toEqual({ approved: 50_000n, committed: 0n, proposed: 1n });
  });

  test("can't settle or be recalled again, and what settled comes back only as returned", () => {
    const report = (desk: Desk, what: BankReport) => desk.act(reportOn(what));
    expect(report(reported("recalled"), "settled")).toEqual(refused("wrong-state"));
    expect(report(reported("recalled"), "recalled")).toEqual(refused("wrong-state"));
    expect(report(reported("settled"), "recalled")).toEqual(refused("wrong-state"));
    expect(isRefusal(report(reported("settled"), "returned"))).toBe(false);
  });
});

describe("a payout is paid again", () => {
  const ends: [string, () => Desk][] = [
    ["rejected", () => reported("rejected")],
    ["recalled", () => reported("recalled")],
    ["returned", () => reported("settled", "returned")],
    [
      "voided",
      () => {
        const desk = new Desk(50_000n);
        desk.propose(undefined, byMachine());
        desk.act((world) => voidPayout(world, "why", maker));
        return desk;
      },
    ],
  ];
  test.each(ends)("after it was %s, by one other payout that names it", (status, ended) => {
    const desk = ended();
    expect(isRefusal(desk.reissue(payoutStream, heir, maker))).toBe(false);
    expect(desk.state()).toMatchObject({ status, replacedBy: heir });
    expect(desk.state(heir)).toMatchObject({ status: "proposed", replaces: payoutStream });
    expect(desk.value("committed")).toBe(50_000n);
    expect(desk.reissue(payoutStream, other, maker)).toEqual(refused("duplicate"));
    expect(desk.payouts.has(other)).toBe(false);
  });

  const alive = payoutStatuses.filter(
    (status) => !["rejected", "recalled", "returned", "voided"].includes(status),
  );
  test.each(alive)("but not while it is %s", (status: PayoutStatus) => {
    const desk = reported("rejected");
    const payout = desk.payouts.get(payoutStream);
    if (!payout) throw new Error("no such payout");
    desk.payouts.set(payoutStream, { ...payout, state: { ...payout.state, status } });
    expect(desk.reissue(payoutStream, heir, maker)).toEqual(refused("wrong-state"));
  });

  test("by a person, not by itself, and by a simulated one only in a simulation", () => {
    const desk = reported("rejected");
    expect(desk.reissue(payoutStream, heir, byMachine())).toEqual(refused("person-required"));
    expect(desk.reissue(payoutStream, payoutStream, maker)).toEqual(refused("wrong-state"));
    expect(desk.reissue(payoutStream, heir, bySimulated(handle("c")))).toEqual(
      refused("simulation-only"),
    );
  });

  test("whole, and only by the payout it was given over to", () => {
    const desk = reported("rejected");
    expect(desk.propose(undefined, maker, heir, payoutStream)).toEqual(refused("wrong-state"));
    desk.act((world) => reissuePayout(world, heir, maker));
    expect(desk.propose(undefined, maker, other, payoutStream)).toEqual(refused("wrong-state"));
    expect(desk.propose(49_999n, maker, heir, payoutStream)).toEqual(refused("amount-required"));
    expect(isRefusal(desk.propose(undefined, maker, heir, payoutStream))).toBe(false);
  });

  test("not where the award was paid by another meanwhile", () => {
    const desk = reported("rejected");
    expect(isRefusal(desk.propose(undefined, checker, other))).toBe(false);
    expect(desk.reissue(payoutStream, heir, maker)).toEqual(refused("award-exceeded"));
    expect(desk.state().replacedBy).toBeNull();
  });
});
