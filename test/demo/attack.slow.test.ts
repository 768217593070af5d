import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { type Ended, openFolder, runDoor } from "../cli/door.ts";
import { csv, inFolder, tables } from "../portfolio/synthea-folder.ts";
import { auditAnswer, demoAnswer, oneLine } from "./answer.ts";

/* `npm run demo -- --data DIR --attack --json` on a portfolio with rows that can't be used, and one claim that can: it is paid in full. */
let folder: string;
let bundle: string;
let run: Ended;
beforeAll(async () => {
  folder = openFolder("attack");
  bundle = join(folder, "bundle");
  const [header] = tables.encounters;
  const rows = [
    "enc-1,2019-05-01T08:00:00Z,,pat-1,pay-1,wellness,410620009,Visit,272.80,272.80",
    "enc-1,2019-05-02T08:00:00Z,,pat-1,pay-1,wellness,410620009,Visit,1.00,1.00",
    "enc-2,2019-05-02T08:00:00Z,,pat-9,pay-1,wellness,410620009,Visit,1.00,1.00",
    "enc-3,2019-05-02T08:00:00Z,,pat-1,pay-1,wellness,410620009,Visit,1.00,1.01",
  ];
  run = await inFolder(
    { encounters: csv([header, ...rows]), claims: csv([tables.claims[0]]) },
    (data) =>
      runDoor([
        "demo",
        "--data",
        data,
        "--out",
        bundle,
        "--work",
        join(folder, "work"),
        "--attack",
        "--json",
      ]),
  );
}, 600_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("each row that can't be used is told with its file, line and reason, and stops nothing", () => {
  expect(run.stderr.split("\n")).toEqual([
    "rejected encounters.csv:3: Id: is a repeated encounter Id",
    "rejected encounters.csv:4: PATIENT: is an unknown patient",
    "rejected encounters.csv:5: PAYER_COVERAGE: is above TOTAL_CLAIM_COST",
    "",
  ]);
  const { claims, claimed, approved, payouts, rejectedRows, audit } = oneLine(
    demoAnswer,
    run.stdout,
  );
  expect({ claims, claimed, rejectedRows }).toEqual({
    claims: 1,
    claimed: "272.80",
    rejectedRows: 3,
  });
  expect(approved).toEqual({ count: 1, amount: "272.80", inFull: 1, inPart: 0, atZero: 0 });
  expect(payouts).toEqual({ count: 1, settled: "272.80" });
  expect(audit).toMatchObject({ ok: true, anchored: true });
});

test("every payer has its log, those without an encounter too", () => {
  expect(oneLine(demoAnswer, run.stdout).logs.map(({ origin }) => origin)).toEqual([
    "demo.countersign.example/aetna",
    "demo.countersign.example/blue-cross-blue-shield",
    "demo.countersign.example/no-insurer",
  ]);
});

test("an attack that no claim suits is not caught: it says so, and leaves with 1", () => {
  expect(run.code).toBe(1);
  expect(oneLine(demoAnswer, run.stdout).attack).toEqual([
    {
      changed: expect.stringMatching(
        /^the amount of the decision at entry \d+ of blue-cross-blue-shield$/,
      ),
      caught: true,
      by: "replay",
    },
    {
      changed: "nothing: no claim's amount can change and reach no payout",
      caught: false,
      by: null,
    },
  ]);
});

test("DIR stays valid beside the attacked one", async () => {
  const verify = (dir: string) =>
    runDoor(["audit", "verify", dir, "--policy", `${bundle}.policy`, "--json"]);
  const own = await verify(bundle);
  expect([own.code, oneLine(auditAnswer, own.stdout).findings]).toEqual([0, []]);
  const attacked = await verify(`${bundle}-attacked`);
  expect(attacked.code).toBe(1);
  expect(oneLine(auditAnswer, attacked.stdout).findings).toContainEqual(
    expect.objectContaining({ code: "decision-differs" }),
  );
});
