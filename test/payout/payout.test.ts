import { describe, expect, test } from "@jest/globals";
import { isRefusal } from "../../shared/base/refusal.ts";
import {
  approvePayout,
  releasePayout,
  screenPayout,
  stopPayout,
  voidPayout,
} from "../../shared/payout/advance.ts";
import {
  byMachine,
  byPerson,
  bySimulated,
  handle,
  intake,
  noon,
  paying,
  payoutStream,
  seen,
} from "../policy/sample.ts";
import {
  actedOn,
  checker,
  clear,
  Desk,
  decidedClaim,
  fileFor,
  fileOf,
  maker,
  release as releaseOn,
  releaser,
  reportOn,
  second,
} from "./sample.ts";

const refused = (code: string) => expect.objectContaining({ refused: code });

/** A payout of the whole award, screened clear. */
function screened(award: bigint, act = maker): Desk {
  const desk = new Desk(award);
  expect(isRefusal(desk.propose(undefined, act))).toBe(false);
  expect(isRefusal(desk.act((world) => screenPayout(world, clear, byMachine())))).toBe(false);
  return desk;
}

const approve = (desk: Desk, act = byMachine()) => desk.act((world) => approvePayout(world, act));
const release = (desk: Desk, act = releaser) => desk.act((world) => releaseOn(world, act));
const report = (desk: Desk, what: "settled" | "rejected" | "recalled" | "returned") =>
  desk.act(reportOn(what));

describe("the bands", () => {
  test("band 0 is approved under the pack; a person releases", () => {
    const desk = screened(100_000n, byMachine());
    expect(isRefusal(approve(desk))).toBe(false);
    expect(desk.state()).toMatchObject({ status: "approved", approvers: 0n, persons: [] });
    expect(release(desk, byMachine())).toEqual(refused("person-required"));
    expect(isRefusal(release(desk))).toBe(false);
    expect(desk.state()).toMatchObject({ status: "released", file: fileOf(payoutStream) });
  });

  test("band 1 is a maker's and a checker's, and a third person's to release", () => {
    const desk = screened(100_001n);
    expect(approve(desk)).toEqual(refused("person-required"));
    expect(approve(desk, maker)).toEqual(refused("same-person"));
    approve(desk, checker);
    expect(desk.state()).toMatchObject({ status: "approved", approvers: 1n });
    expect(release(desk, maker)).toEqual(refused("same-person"));
    expect(release(desk, checker)).toEqual(refused("same-person"));
    expect(isRefusal(release(desk))).toBe(false);
  });

  test("band 2 wants a second approver, and no person twice", () => {
    const desk = screened(1_000_001n);
    approve(desk, checker);
    expect(desk.state().status).toBe("screened");
    expect(approve(desk, checker)).toEqual(refused("same-person"));
    expect(release(desk)).toEqual(refused("wrong-state"));
    approve(desk, second);
    expect(desk.state().status).toBe("approved");
    expect(approve(desk, releaser)).toEqual(refused("wrong-state"));
  });

  test("a new screening takes no approval away, and gives none", () => {
    const desk = screened(1_000_001n);
    approve(desk, checker);
    desk.act((world) => screenPayout(world, { ...clear, result: "hit" }, byMachine()));
    expect(approve(desk, second)).toEqual(refused("screening-hold"));
    desk.act((world) => screenPayout(world, clear, byMachine()));
    expect(approve(desk, checker)).toEqual(refused("same-person"));
    approve(desk, second);
    expect(desk.state().status).toBe("approved");
  });

  test("a hold takes an approved payout back, and keeps who approved it", () => {
    const desk = screened(100_001n);
    approve(desk, checker);
    for (const result of ["hit", "error"] as const) {
      desk.act((world) => screenPayout(world, { ...clear, result }, byMachine()));
      expect(desk.state().status).toBe("held");
      expect(release(desk)).toEqual(refused("wrong-state"));
    }
    desk.act((world) => screenPayout(world, clear, byMachine()));
    expect(desk.state().status).toBe("approved");
    expect(release(desk, checker)).toEqual(refused("same-person"));
    expect(isRefusal(release(desk))).toBe(false);
  });

  test("a release rests on a screening of the last hour, and of no time to come", () => {
    const hour = 3_600_000_000n;
    const at = (screenedAt: bigint) => {
      const desk = screened(50_000n, byMachine());
      approve(desk);
      return desk.act((world) => releaseOn(world, releaser, screenedAt));
    };
    expect(at(noon - hour - 1n)).toEqual(refused("screening-due"));
    expect(at(noon + 1n)).toEqual(refused("screening-due"));
    expect(at(noon - hour)).toMatchObject({ content: { list: "test", screenedAt: noon - hour } });
  });

  test("a release was ordered in the last week, and at no time to come", () => {
    const week = 7n * 86_400_000_000n;
    const at = (orderedAt: bigint) => {
      const desk = screened(50_000n, byMachine());
      approve(desk);
      return desk.act((world) =>
        releasePayout(
          world,
          { file: fileFor(world, releaser), list: "test", screenedAt: noon, orderedAt },
          releaser,
        ),
      );
    };
    expect(at(noon - week - 1n)).toEqual(refused("order-lapsed"));
    expect(at(noon + 1n)).toEqual(refused("order-lapsed"));
    expect(at(noon - week)).toMatchObject({ content: { orderedAt: noon - week } });
  });

  test("beyond the bands nothing is proposed, and above band 0 not by a machine", () => {
    expect(new Desk(10_000_001n).propose(undefined, maker)).toEqual(refused("above-authority"));
    expect(new Desk(100_001n).propose(undefined, byMachine())).toEqual(refused("person-required"));
  });
});

describe("a proposal", () => {
  test("asks for a decided claim with an account, in its currency, of an insurer", () => {
    const desk = () => new Desk(50_000n);
    const proposedOn = (change: (desk: Desk) => void) => {
      const on = desk();
      change(on);
      return on.propose(undefined, maker);
    };
    const { state } = decidedClaim(50_000n);
    const claim = (over: Partial<typeof state>) => (on: Desk) => {
      on.claim = seen(on.claim.stream, { ...state, ...over }, 2n);
    };
    expect(proposedOn(claim({ status: "appealed" }))).toEqual(refused("wrong-state"));
    expect(proposedOn(claim({ payee: null }))).toEqual(refused("no-payee"));
    const onIntake = (on: Desk) => {
      on.on = intake;
    };
    expect(proposedOn(onIntake)).toEqual(refused("kind-has-none"));
    const euros = desk();
    euros.claim = seen(euros.claim.stream, {
      ...state,
      claimed: { minor: 50_000n, currency: "EUR" },
    });
    expect(euros.propose(1n, maker)).toEqual(refused("currency-mismatch"));
  });

  test("is of something, and of no more than what is left", () => {
    const desk = new Desk(50_000n);
    expect(desk.propose(0n, maker)).toEqual(refused("amount-required"));
    expect(desk.propose(50_001n, maker)).toEqual(refused("award-exceeded"));
    expect(isRefusal(desk.propose(20_000n, maker))).toBe(false);
    expect(desk.propose(30_001n, maker, handle("c"))).toEqual(refused("award-exceeded"));
    expect(isRefusal(desk.propose(undefined, maker, handle("c")))).toBe(false);
    expect(desk.state(handle("c")).amount.minor).toBe(30_000n);
    expect(desk.propose(undefined, maker, handle("d"))).toEqual(refused("award-exceeded"));
  });

  test("of a simulated person exists only in a simulation, and so does every later act", () => {
    const played = bySimulated(handle("c"));
    expect(new Desk(1n).propose(undefined, played)).toEqual(refused("simulation-only"));
    const desk = screened(50_000n, byMachine());
    approve(desk);
    expect(release(desk, played)).toEqual(refused("simulation-only"));
    desk.on = paying({ simulation: true });
    expect(isRefusal(release(desk, played))).toBe(false);
  });
});

describe("an approval is bound to account, amount, claim and claim version", () => {
  const changes: [string, string, (desk: Desk) => void][] = [
    [
      "the payee",
      "payee-changed",
      (desk) => {
        const payee = { name: "Test Payee", account: "DE00OTHER" };
        desk.claim = actedOn({ ...desk.claim.state, payee }, 3n);
      },
    ],
    [
      "the claim",
      "payee-changed",
      (desk) => {
        desk.claim = actedOn(desk.claim.state, 4n);
      },
    ],
    [
      "the claim's status",
      "wrong-state",
      (desk) => {
        desk.claim = actedOn({ ...desk.claim.state, status: "appealed" }, 3n);
      },
    ],
  ];
  test.each(changes)(
    "when %s changed, neither approval nor release goes on",
    (_w, code, change) => {
      const proposed = screened(50_000n, byMachine());
      change(proposed);
      expect(approve(proposed)).toEqual(refused(code));
      const approved = screened(50_000n, byMachine());
      approve(approved);
      change(approved);
      expect(release(approved)).toEqual(refused(code));
      // What was committed comes back by stopping and voiding, once.
      approved.act((world) => stopPayout(world, "changed", maker));
      approved.act((world) => voidPayout(world, "changed", maker));
      expect(approved.value("committed")).toBe(0n);
      proposed.act((world) => voidPayout(world, "changed", maker));
      expect(proposed.value("committed")).toBe(0n);
    },
  );
});

test("a record of the claim that is nobody's act leaves what was approved", () => {
  const desk = screened(50_000n, byMachine());
  desk.claim = seen(desk.claim.stream, desk.claim.state, 4n);
  approve(desk);
  desk.claim = seen(desk.claim.stream, desk.claim.state, 5n);
  expect(isRefusal(release(desk))).toBe(false);
});

describe("a payee who was changed", () => {
  const other = { name: "Another", account: "DE00OTHER", bic: "DEUTDEFF" };
  const clerk = byPerson(handle("9"));
  /** A desk whose claim's payee was just changed by the clerk, with a payout to the new one, screened and approved. */
  function changed(): Desk {
    const desk = new Desk(50_000n);
    desk.on = paying();
    expect(isRefusal(desk.changePayee(other, clerk))).toBe(false);
    expect(isRefusal(desk.propose(undefined, byMachine()))).toBe(false);
    desk.act((world) => screenPayout(world, clear, byMachine()));
    return desk;
  }

  test("voids what was approved; the next payout goes to the new one, after all steps anew", () => {
    const desk = screened(50_000n, byMachine());
    approve(desk);
    desk.on = paying();
    desk.changePayee(other, clerk);
    expect(release(desk)).toEqual(refused("payee-changed"));
    desk.act((world) => stopPayout(world, "payee changed", maker));
    expect(isRefusal(desk.propose(undefined, byMachine(), handle("c")))).toBe(false);
    expect(desk.state(handle("c"))).toMatchObject({ status: "proposed", payee: other });
  });

  test("gets nothing before the published hours are over, to the microsecond", () => {
    const desk = changed();
    approve(desk);
    const end = noon + 48n * 3_600_000_000n;
    expect(release(desk, byPerson(handle("8"), end - 1n))).toEqual(refused("cooling-off"));
    expect(isRefusal(release(desk, byPerson(handle("8"), end)))).toBe(false);
  });

  test("is approved and paid by others than who changed them", () => {
    const desk = changed();
    expect(approve(desk, clerk)).toEqual(refused("same-person"));
    approve(desk);
    const late = noon + 49n * 3_600_000_000n;
    expect(release(desk, byPerson(handle("9"), late))).toEqual(refused("same-person"));
  });
});

describe("the award", () => {
  test("that came back is payable again, and one that was paid is not", () => {
    const desk = screened(50_000n, byMachine());
    approve(desk);
    release(desk);
    expect(desk.value("committed")).toBe(50_000n);
    report(desk, "settled");
    expect(desk.row.values).toMatchObject({ committed: 0n, paid: 50_000n });
    expect(desk.propose(undefined, maker, handle("c"))).toEqual(refused("award-exceeded"));
    report(desk, "returned");
    expect(desk.row.values).toMatchObject({ committed: 0n, paid: 50_000n, returned: 50_000n });
    expect(isRefusal(desk.propose(undefined, maker, handle("c")))).toBe(false);
  });

  test("is paid by at most a thousand payouts of the claim, whatever became of them", () => {
    const desk = new Desk(50_000n);
    for (let at = 0; at < 1_000; at++) {
      const payout = at.toString(16).padStart(32, "0");
      expect(isRefusal(desk.propose(1n, maker, payout))).toBe(false);
      if (at % 2 === 0) continue;
      const done = desk.act((world) => voidPayout(world, "again", maker), payout);
      expect(isRefusal(done)).toBe(false);
    }
    const more = handle("c");
    expect(desk.propose(undefined, maker, more)).toEqual(refused("limit-exceeded"));
    expect(desk.propose(1n, maker, more)).toEqual(refused("limit-exceeded"));
    const expense = { head: "expense" } as const;
    expect(desk.propose(1n, maker, more, undefined, expense)).toEqual(refused("limit-exceeded"));
  });

  test("of a rejected payout is payable again", () => {
    const desk = screened(50_000n, byMachine());
    approve(desk);
    release(desk);
    report(desk, "rejected");
    expect(desk.value("committed")).toBe(0n);
    expect(isRefusal(desk.propose(undefined, maker, handle("c")))).toBe(false);
  });
});
