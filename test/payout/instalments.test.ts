import { describe, expect, test } from "@jest/globals";
import { formatDay } from "../../shared/base/day.ts";
import { isRefusal } from "../../shared/base/refusal.ts";
import { approvePayout, screenPayout, voidPayout } from "../../shared/payout/advance.ts";
import type { Asked } from "../../shared/payout/propose.ts";
import { byMachine, day, handle, noon, usd } from "../policy/sample.ts";
import { clear, Desk, maker, release, releaser } from "./sample.ts";

const refused = (code: string) => expect.objectContaining({ refused: code });
const due = (text: string, number = 1n, of = 3n): Asked["instalment"] => ({
  number,
  of,
  due: day(text),
});
const dayUs = 86_400_000_000n;
const asking = (desk: Desk, asked: Asked, stream = handle("c")) =>
  desk.propose(undefined, byMachine(), stream, undefined, { amount: usd(20_000n), ...asked });
const screen = (desk: Desk, now: bigint) =>
  desk.act((world) => screenPayout(world, clear, byMachine(now)), handle("c"));

describe("an instalment", () => {
  test("is committed from its schedule on: all of them together are never above the award", () => {
    const desk = new Desk(50_000n);
    const days = ["2026-04-01", "2026-05-01", "2026-06-01"];
    const proposed = days.map((text, at) =>
      asking(desk, { instalment: due(text, BigInt(at + 1)) }, handle("cde"[at] ?? "c")),
    );
    expect(proposed.map(isRefusal)).toEqual([false, false, true]);
    expect(proposed[2]).toEqual(refused("award-exceeded"));
    expect(desk.value("committed")).toBe(40_000n);
    expect(desk.state(handle("c")).status).toBe("scheduled");
  });

  test("is screened on its day (UTC), not a microsecond before, and then goes as any other payout", () => {
    const desk = new Desk(50_000n);
    asking(desk, { instalment: due(formatDay(noon / dayUs + 1n)) });
    const midnight = (noon / dayUs + 1n) * dayUs;
    const approve = () => desk.act((world) => approvePayout(world, byMachine()), handle("c"));
    expect(screen(desk, midnight - 1n)).toEqual(refused("not-due"));
    expect(approve()).toEqual(refused("wrong-state"));
    expect(isRefusal(screen(desk, midnight))).toBe(false);
    expect(isRefusal(approve())).toBe(false);
    expect(isRefusal(desk.act((world) => release(world, releaser), handle("c")))).toBe(false);
  });

  test("ends like any payout, and frees what it had committed", () => {
    const desk = new Desk(50_000n);
    asking(desk, { instalment: due("2026-04-01") });
    desk.act((world) => voidPayout(world, "the insured died", maker), handle("c"));
    expect(desk.value("committed")).toBe(0n);
  });

  test("is one of as many as it says, at most 120, of indemnity, and not of the interim", () => {
    const desk = () => new Desk(50_000n);
    for (const [number, of] of [
      [0n, 3n],
      [4n, 3n],
      [1n, 121n],
    ] as const) {
      const instalment = due("2026-04-01", number, of);
      expect(asking(desk(), { instalment })).toEqual(refused("wrong-state"));
    }
    const instalment = due("2026-04-01");
    expect(asking(desk(), { instalment, head: "ex-gratia" })).toEqual(refused("wrong-state"));
    expect(asking(desk(), { instalment, interim: true })).toEqual(refused("wrong-state"));
  });
});
