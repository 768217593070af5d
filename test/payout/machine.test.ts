import { describe, expect, test } from "@jest/globals";
import type { DomainEvent } from "../../shared/base/event.ts";
import { isRefusal, type Refusal } from "../../shared/base/refusal.ts";
import {
  approvePayout,
  screenPayout,
  stopPayout,
  voidPayout,
} from "../../shared/payout/advance.ts";
import { recoverPayout } from "../../shared/payout/recover.ts";
import { reissuePayout } from "../../shared/payout/reissue.ts";
import type { BankReport } from "../../shared/payout/state.ts";
import { payoutStatuses } from "../../shared/payout/state.ts";
import type { PayoutWorld } from "../../shared/payout/world.ts";
import { byMachine, byPerson, handle, noon, payoutStream, usd } from "../policy/sample.ts";
import { clear, Desk, maker, release, releaser, reportOn } from "./sample.ts";

type Step = (world: PayoutWorld) => DomainEvent | Refusal;
const report = (what: BankReport): Step => reportOn(what);
const screen =
  (result: "clear" | "hit" | "error"): Step =>
  (world) =>
    screenPayout(world, { ...clear, result }, byMachine());
const recover =
  (basis: "overpayment" | "subrogation"): Step =>
  (world) =>
    recoverPayout(world, { amount: usd(1n), basis, reference: "r" }, byPerson(handle("d")));

const commands: Record<string, Step> = {
  "screen clear": screen("clear"),
  "screen: a hit": screen("hit"),
  "screen: an error": screen("error"),
  approve: (world) => approvePayout(world, byMachine()),
  release: (world) => release(world, releaser),
  "release unscreened": (world) => release(world, releaser, noon - 3_600_000_001n),
  settled: report("settled"),
  rejected: report("rejected"),
  recalled: report("recalled"),
  returned: report("returned"),
  overpaid: recover("overpayment"),
  subrogated: recover("subrogation"),
  stop: (world) => stopPayout(world, "why", maker),
  void: (world) => voidPayout(world, "why", maker),
  reissue: (world) => reissuePayout(world, handle("c"), maker),
};

/** Where each command leads from each status; a dash is the refusal `wrong-state`, any other word that is no status its own refusal. */
const table = `
                    scheduled proposed screened held           approved      released settled  rejected returned recalled stopped voided
screen clear      | screened  screened screened screened       approved      -        -        -        -        -        -       -
screen: a hit     | held      held     held     held           held          -        -        -        -        -        -       -
screen: an error  | held      held     held     held           held          -        -        -        -        -        -       -
approve           | -         -        approved screening-hold -             -        -        -        -        -        -       -
release           | -         -        -        -              released      -        -        -        -        -        -       -
release unscreened| -         -        -        -              screening-due -        -        -        -        -        -       -
settled           | -         -        -        -              -             settled  -        -        -        -        -       -
rejected          | -         -        -        -              -             rejected -        -        -        -        -       -
recalled          | -         -        -        -              -             recalled -        -        -        -        -       -
returned          | -         -        -        -              -             -        returned -        -        -        -       -
overpaid          | -         -        -        -              -             -        settled  -        -        -        -       -
subrogated        | -         -        -        -              -             -        settled  -        -        -        -       -
stop              | -         -        -        -              stopped       -        -        -        -        -        -       -
void              | voided    voided   voided   voided         -             -        -        -        -        -        voided  -
reissue           | -         -        -        -              -             -        -        rejected returned recalled -       voided
`;

const [head = "", ...rows] = table.trim().split("\n");
const columns = head.trim().split(/\s+/);
const cells = rows.flatMap((row) => {
  const [name = "", words = ""] = row.split("|");
  const leads = words.trim().split(/\s+/);
  return columns.map((status, at) => [name.trim(), status, leads[at] ?? ""] as const);
});

/** A payout of the whole award that stands in `status`. */
function standing(status: string): Desk {
  const desk = new Desk(50_000n);
  if (isRefusal(desk.propose(undefined, byMachine()))) throw new Error("not proposed");
  const payout = desk.payouts.get(payoutStream);
  if (!payout) throw new Error("no payout");
  const approvals = ["proposed", "screened", "held", "scheduled"].includes(status) ? 0n : 1n;
  const settledAt = status === "settled" || status === "returned" ? 4n : null;
  const returnedAt = status === "returned" ? 5n : null;
  const state = { ...payout.state, status: status as never, approvals, settledAt, returnedAt };
  desk.payouts.set(payoutStream, { ...payout, state });
  return desk;
}

describe("every command on a payout in every status", () => {
  test("has its cell", () => {
    expect(columns).toEqual([...payoutStatuses]);
    expect(cells).toHaveLength(Object.keys(commands).length * payoutStatuses.length);
  });

  test.each(cells)("%s, %s: %s", (name, status, leads) => {
    const step = commands[name];
    if (!step) throw new Error(name);
    const desk = standing(status);
    const before = { row: desk.row, state: desk.state() };
    const result = desk.act(step);
    if (columns.includes(leads)) {
      expect(isRefusal(result)).toBe(false);
      expect(desk.state().status).toBe(leads);
      return;
    }
    expect(result).toMatchObject({ refused: leads === "-" ? "wrong-state" : leads });
    expect({ row: desk.row, state: desk.state() }).toEqual(before);
  });

  test("only a person stops, voids or reissues", () => {
    const machine = byMachine();
    const refusals = [
      standing("approved").act((world) => stopPayout(world, "why", machine)),
      standing("proposed").act((world) => voidPayout(world, "why", machine)),
      standing("voided").act((world) => reissuePayout(world, handle("c"), machine)),
    ];
    for (const refusal of refusals) expect(refusal).toMatchObject({ refused: "person-required" });
  });
});
