import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { adjudicate } from "../../functions/adjudicator/adjudicate.ts";
import { decide } from "../../functions/command/decide.ts";
import { newHandle } from "../../functions/command/handle.ts";
import { patiently } from "../../functions/command/patiently.ts";
import { publishPackVersion } from "../../functions/operator/publish-pack.ts";
import { releaseFile } from "../../functions/payouts/release.ts";
import { recordReports } from "../../functions/payouts/reports.ts";
import { screenAndApprove } from "../../functions/payouts/screening.ts";
import { isRefusal } from "../../shared/base/refusal.ts";
import { planSchedule } from "../../shared/coverage/packs.ts";
import { bankSays } from "../command/bank-says.ts";
import {
  callerOf,
  machine,
  openInsurer,
  random,
  rulingOf,
  somebody,
  startPlatform,
  submissionOf,
  submitClaimOf,
  type TestPlatform,
  usd,
} from "../command/platform.ts";
import { clearly } from "../payout/sample.ts";
import { signedIn } from "../policy/sample.ts";
import { auditOf, bundleOf, keyOf } from "./bundle.ts";
import { committed } from "./committed.ts";

let platform: TestPlatform;
beforeAll(async () => {
  platform = await startPlatform();
});
afterAll(() => platform.close());

const insurer = "acme";
const retroactive = { reason: "Nothing changes for anybody." };
const next = { ...planSchedule, version: 2, retroactive };

test("what concurrent commands commit is, in ord order, a log without findings", async () => {
  const { ports } = platform;
  // On a machine that is busy with other things a command may run out of time: it is sent again, as a client does.
  const sent = <T>(command: () => Promise<T>): Promise<T> => patiently(ports, command);
  const log = "test.countersign.example/acme";
  const opened = await openInsurer(ports, {
    insurer,
    limit: 300_000n,
    keys: [keyOf(log)],
    paying: true,
  });
  const { policy, insured } = opened;
  const intake = callerOf(insurer, "intake");
  const claims = await Promise.all(
    Array.from({ length: 12 }, (_, i) => {
      const contracted = i % 3 === 0 ? undefined : 30_000n;
      const stated = { ...submissionOf(policy, 50_000n, contracted), onBehalfOf: insured };
      return sent(() => submitClaimOf(ports, intake, stated));
    }),
  );
  const [decided] = await Promise.all([
    Promise.all(claims.map((claim) => sent(() => adjudicate(ports, insurer, claim)))),
    sent(() =>
      publishPackVersion(ports, insurer, opened.pack, next, newHandle(random), somebody()),
    ),
  ]);
  expect(decided.filter(isRefusal)).toEqual([]);
  const adjuster = callerOf(insurer, "adjuster");
  await Promise.all(
    claims.map((claim, i) => {
      const part = rulingOf({ outcome: "PAY_PART", amount: usd(40_000n), reasonCode: "GOODWILL" });
      const denial = rulingOf({ outcome: "DENY", reasonCode: "NOT_COVERED" });
      const ruling = i % 2 ? part : denial;
      return sent(() => decide(ports, adjuster, claim, ruling, {}, machine().now));
    }),
  );
  const payouts = await ports.store.waiting(insurer, "payout", "proposed", 100);
  expect(payouts.length).toBeGreaterThan(3);
  await Promise.all(
    payouts.map((payout) => sent(() => screenAndApprove(ports, insurer, payout, clearly))),
  );
  const person = { person: newHandle(random), credential: signedIn };
  const act = { ...machine(), kind: "person", signatory: person } as const;
  await releaseFile(ports, insurer, newHandle(random), payouts, clearly, act);
  const reports = await bankSays(ports, insurer, payouts, "settled");
  expect(await recordReports(ports, insurer, reports)).toEqual({
    outcomes: payouts.map(() => "moved"),
  });

  const files = bundleOf(await committed(platform, insurer), {
    packs: [planSchedule, next],
    origin: log,
  });
  const { findings, tally } = await auditOf(files, log);
  expect(findings).toEqual([]);
  expect(tally.reexecuted).toBe(tally.decisions);
  expect(tally.decisions).toBeGreaterThanOrEqual(12);
}, 120_000);
