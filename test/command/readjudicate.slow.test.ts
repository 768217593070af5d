import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { adjudicateWaiting } from "../../functions/adjudicator/core.ts";
import { decide } from "../../functions/command/decide.ts";
import { newHandle } from "../../functions/command/handle.ts";
import { openStream } from "../../functions/command/rows.ts";
import { addPolicy } from "../../functions/operator/core.ts";
import { publishPackVersion } from "../../functions/operator/publish-pack.ts";
import { type Readjudicated, readjudicate } from "../../functions/operator/readjudicate.ts";
import { isRefusal } from "../../shared/base/refusal.ts";
import type { ClaimState } from "../../shared/claim/state.ts";
import type { Pack } from "../../shared/coverage/pack.ts";
import { planSchedule } from "../../shared/coverage/packs.ts";
import { Unavailable } from "../../shared/ports/unavailable.ts";
import { amendedPlan } from "../rules/amended-plan.ts";
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
} from "./platform.ts";

let platform: TestPlatform;
beforeAll(async () => {
  platform = await startPlatform();
});
afterAll(() => platform.close());

type Opened = Awaited<ReturnType<typeof openInsurer>>;

/** An insurer whose pack referred a claim of each of `amounts`. */
async function referredClaims(insurer: string, amounts: readonly bigint[]) {
  const { ports } = platform;
  const opened = await openInsurer(ports, { insurer });
  const claimant = callerOf(insurer, "claimant", opened.insured);
  const claims: string[] = [];
  for (const minor of amounts) {
    claims.push(await submitClaimOf(ports, claimant, submissionOf(opened.policy, minor)));
  }
  expect(await adjudicateWaiting(ports, insurer, 100)).toBe(amounts.length);
  return { ...opened, claims };
}

const publish = async ({ insurer, pack }: Opened, text: Pack) => {
  const published = await publishPackVersion(
    platform.ports,
    insurer,
    pack,
    text,
    newHandle(random),
    somebody(),
  );
  if (isRefusal(published)) throw new Error(published.detail);
};

async function again({ insurer, pack }: Opened, over = {}): Promise<Readjudicated> {
  const done = await readjudicate(platform.ports, insurer, pack, over);
  if (isRefusal(done)) throw new Error(done.detail);
  return done;
}

async function stateOf(insurer: string, claim: string) {
  const { ports } = platform;
  const [row] = await ports.store.transaction(insurer, (on) => on.streams("claim", [claim]));
  const slot = row && (await openStream(ports, insurer, row));
  if (!slot) throw new Error("no claim");
  const { status, decision } = slot.state as ClaimState;
  return { status, decision, records: slot.version };
}

describe("claims that an older version of a pack referred", () => {
  test("are decided again under the newest, each naming what it supersedes, and paid; again changes nothing", async () => {
    const opened = await referredClaims("amended", [10_000n, 10_001n, 5_000n]);
    const { insurer, pack, claims } = opened;
    const none = { PAY: 0, PAY_PART: 0, REFER: 0 };
    expect(await again(opened)).toEqual({ pack, version: 1n, decided: none, left: 3 });
    await publish(opened, amendedPlan());
    const decided = { PAY: 2, PAY_PART: 0, REFER: 1 };
    expect(await again(opened)).toEqual({ pack, version: 2n, decided, left: 0 });
    const [first = "", second = ""] = claims;
    expect(await stateOf(insurer, first)).toMatchObject({
      status: "decided",
      records: 3n,
      decision: {
        outcome: "PAY",
        award: usd(10_000n),
        by: "machine",
        packVersion: 2n,
        supersedes: 2n,
      },
    });
    expect(await platform.ports.store.payoutsOf(insurer, first)).toHaveLength(1);
    expect(await stateOf(insurer, second)).toMatchObject({
      status: "referred",
      decision: { outcome: "REFER", packVersion: 2n, supersedes: 2n },
    });
    expect(await again(opened)).toEqual({ pack, version: 2n, decided: none, left: 1 });
    expect((await stateOf(insurer, second)).records).toBe(3n);
    await publish(opened, { ...amendedPlan(3), title: "The same once more" });
    expect(await again(opened)).toMatchObject({ version: 3n, decided: { REFER: 1 }, left: 0 });
    expect((await stateOf(insurer, second)).decision).toMatchObject({ supersedes: 3n });
  });

  test("are left alone where a person has decided, before it or meanwhile", async () => {
    const opened = await referredClaims("meanwhile", [1_000n, 1_000n, 1_000n, 1_000n]);
    const { insurer, claims } = opened;
    const { ports } = platform;
    const adjuster = callerOf(insurer, "adjuster");
    const denial = { outcome: "DENY", reasonCode: "NOT_COVERED" } as const;
    const deny = async (claim: string) => {
      const reply = await decide(ports, adjuster, claim, rulingOf(denial), {}, machine().now);
      expect(isRefusal(reply)).toBe(false);
    };
    const [before = "", ...rest] = claims.toSorted();
    await deny(before);
    await publish(opened, amendedPlan());
    const last = rest.at(-1) ?? "";
    // A person takes the last one when it stands on the list already.
    const store: typeof ports.store = {
      ...ports.store,
      claimsAfter: async (...page) => {
        const listed = await ports.store.claimsAfter(...page);
        if (page[2] === "") {
          expect(listed).toEqual(rest);
          await deny(last);
        }
        return listed;
      },
    };
    const done = await readjudicate({ ...ports, store }, insurer, opened.pack, { width: 1 });
    expect(done).toMatchObject({ decided: { PAY: 2, REFER: 0 }, left: 1 });
    for (const claim of [before, last]) {
      const { decision, records } = await stateOf(insurer, claim);
      expect([decision?.outcome, decision?.by, records]).toEqual(["DENY", "person", 3n]);
    }
  });

  test("are left alone under another pack, and without one; an unknown pack is refused", async () => {
    const opened = await referredClaims("others", [1_000n]);
    const { insurer, insured, terms } = opened;
    const { ports } = platform;
    const [other, policy] = [newHandle(random), newHandle(random)];
    await publish({ ...opened, pack: other }, { ...planSchedule, id: "another" });
    const issued = await addPolicy(ports, insurer, policy, { ...terms, pack: other }, machine());
    expect(isRefusal(issued)).toBe(false);
    const claimant = callerOf(insurer, "claimant", insured);
    const elsewhere = await submitClaimOf(ports, claimant, submissionOf(policy, 1_000n));
    const { policy: _none, ...nowhere } = submissionOf(policy, 1_000n);
    await submitClaimOf(ports, claimant, nowhere);
    expect(await adjudicateWaiting(ports, insurer, 10)).toBe(2);
    await publish({ ...opened, pack: other }, { ...amendedPlan(), id: "another" });
    const stillOld = { decided: { PAY: 0, PAY_PART: 0, REFER: 0 }, left: 3 };
    expect(await again(opened)).toMatchObject(stillOld);
    expect(await again({ ...opened, pack: other })).toMatchObject({ decided: { PAY: 1 }, left: 2 });
    expect((await stateOf(insurer, elsewhere)).status).toBe("decided");
    const unknown = await readjudicate(ports, insurer, newHandle(random));
    expect(unknown).toMatchObject({ refused: "no-pack" });
  });
});

test("an outage ends it with its error once the others were tried, and the next run does what is left", async () => {
  const opened = await referredClaims("outage", [1_000n, 1_000n, 1_000n, 1_000n]);
  const { insurer, pack, claims } = opened;
  const { ports } = platform;
  await publish(opened, amendedPlan());
  const [unlucky = ""] = claims;
  const store: typeof ports.store = {
    ...ports.store,
    transaction: (of, body) =>
      ports.store.transaction(of, (on) =>
        body({
          ...on,
          streams: async (kind, streams) => {
            if (streams.includes(unlucky)) throw new Unavailable("database", "a test's outage");
            return on.streams(kind, streams);
          },
        }),
      ),
  };
  const seen: string[] = [];
  const failing = readjudicate({ ...ports, store, sleep: async () => undefined }, insurer, pack, {
    width: 2,
    progress: (claim) => seen.push(claim),
  });
  await expect(failing).rejects.toThrow("a test's outage");
  expect(seen.toSorted()).toEqual(claims.filter((claim) => claim !== unlucky).toSorted());
  expect(await again(opened)).toMatchObject({ decided: { PAY: 1 }, left: 0 });
  for (const claim of claims) expect((await stateOf(insurer, claim)).records).toBe(3n);
});
