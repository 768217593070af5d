import { describe, expect, test } from "@jest/globals";
import { isRefusal } from "../../shared/base/refusal.ts";
import { approvePayout, screenPayout } from "../../shared/payout/advance.ts";
import { type Recovery, recoverPayout } from "../../shared/payout/recover.ts";
import { mostRecoveries } from "../../shared/payout/state.ts";
import { byMachine, byPerson, bySimulated, handle, insured, usd } from "../policy/sample.ts";
import { clear, Desk, maker, release, releaser, reportOn } from "./sample.ts";

const refused = (code: string) => expect.objectContaining({ refused: code });

/** A payout of an award of 500.00 that settled. */
function settled(): Desk {
  const desk = new Desk(50_000n);
  const events = [
    desk.propose(undefined, byMachine()),
    desk.act((world) => screenPayout(world, clear, byMachine())),
    desk.act((world) => approvePayout(world, byMachine())),
    desk.act((world) => release(world, releaser)),
    desk.act(reportOn("settled")),
  ];
  for (const event of events) if (isRefusal(event)) throw new Error(event.detail);
  return desk;
}

const recover = (
  desk: Desk,
  minor: bigint,
  over: Partial<Recovery> = {},
  act = byPerson(handle("d")),
) =>
  desk.act((world) =>
    recoverPayout(
      world,
      { amount: usd(minor), basis: "overpayment", reference: "r", ...over },
      act,
    ),
  );

describe("a recovery", () => {
  test("of what the payee was overpaid is payable again, that much and no more", () => {
    const desk = settled();
    expect(isRefusal(recover(desk, 20_000n))).toBe(false);
    expect(desk.row.values).toMatchObject({ paid: 50_000n, recovered: 20_000n });
    expect(desk.propose(20_001n, maker, handle("c"))).toEqual(refused("award-exceeded"));
    expect(isRefusal(desk.propose(20_000n, maker, handle("c")))).toBe(false);
  });

  test("is a person's to record, but nobody's of their own claim, and what is paid on it takes another person: no machine pays, recovers and pays again", () => {
    const desk = settled();
    expect(recover(desk, 50_000n, {}, byMachine())).toEqual(refused("person-required"));
    expect(recover(desk, 50_000n, {}, byPerson(insured))).toEqual(refused("not-permitted"));
    recover(desk, 50_000n);
    expect(desk.propose(1n, byMachine(), handle("c"))).toEqual(refused("person-required"));
    const second = desk.propose(50_000n, maker, handle("c"));
    expect(second).toMatchObject({ content: { approvers: 1n } });
  });

  test("counts for the band of what follows: all that was ever paid, not what is out", () => {
    const desk = settled();
    recover(desk, 50_000n);
    const two = [
      { upTo: 60_000n, approvers: 0n },
      { upTo: 70_000n, approvers: 2n },
    ];
    desk.on = { ...desk.on, state: { ...desk.on.state, bands: two } };
    for (const [minor, payout] of [
      [15_000n, handle("c")],
      [30_000n, handle("e")],
    ] as const) {
      const second = desk.propose(minor, maker, payout);
      expect(second).toMatchObject({ content: { approvers: 2n } });
    }
  });

  test("from a third party is not: the claimant keeps the award, and gets no second one", () => {
    const desk = settled();
    expect(isRefusal(recover(desk, 50_000n, { basis: "subrogation" }))).toBe(false);
    expect(desk.row.values).toMatchObject({ paid: 50_000n, subrogated: 50_000n });
    expect(desk.propose(1n, maker, handle("c"))).toEqual(refused("award-exceeded"));
  });

  test("comes in parts, on any basis, never above what was paid", () => {
    const desk = settled();
    expect(recover(desk, 50_001n)).toEqual(refused("recovery-exceeded"));
    expect(recover(desk, 0n)).toEqual(refused("recovery-exceeded"));
    recover(desk, 30_000n);
    expect(recover(desk, 20_001n, { basis: "subrogation" })).toEqual(refused("recovery-exceeded"));
    expect(isRefusal(recover(desk, 20_000n, { basis: "subrogation" }))).toBe(false);
    expect(desk.state().recoveries.map(({ version }) => version)).toEqual([6n, 7n]);
    expect(desk.state().status).toBe("settled");
  });

  test("leaves nothing that a bank could return on top", () => {
    const desk = settled();
    recover(desk, 1n);
    expect(desk.act(reportOn("returned"))).toEqual(refused("wrong-state"));
  });

  test("is in the payout's currency, in 64 parts at most, and by no simulated person of a real log", () => {
    const desk = settled();
    const euros = { amount: { minor: 1n, currency: "EUR" } } as const;
    expect(recover(desk, 1n, euros)).toEqual(refused("currency-mismatch"));
    expect(recover(desk, 1n, {}, bySimulated(handle("c")))).toEqual(refused("simulation-only"));
    for (let part = 0; part < mostRecoveries; part++) recover(desk, 1n);
    expect(recover(desk, 1n)).toEqual(refused("wrong-state"));
    expect(desk.value("recovered")).toBe(64n);
  });
});
