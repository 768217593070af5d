import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { openRecord } from "../../functions/command/openings.ts";
import { submissionOf, type WalkedClaim } from "../../local/demo/walk.ts";
import { simulatedRuling } from "../../local/portfolio/adjuster.ts";
import { schedulePack } from "../../local/portfolio/portfolio.ts";
import { evolve } from "../../shared/audit/streams.ts";
import { newAccumulator } from "../../shared/base/accumulator.ts";
import { type DomainEvent, decodeContent, type Seen } from "../../shared/base/event.ts";
import { isRefusal, type Refusal } from "../../shared/base/refusal.ts";
import { adjudicateClaim } from "../../shared/claim/adjudicate.ts";
import { type Decided, decidedForm } from "../../shared/claim/decided.ts";
import { ruleOnClaim } from "../../shared/claim/rule.ts";
import type { ClaimState } from "../../shared/claim/state.ts";
import { submitClaim } from "../../shared/claim/submit.ts";
import type { ClaimWorld } from "../../shared/claim/world.ts";
import { compilePack } from "../../shared/coverage/compile.ts";
import { packHash } from "../../shared/coverage/pack.ts";
import { planSchedule, xiangHuBao1 } from "../../shared/coverage/packs.ts";
import type { InsurerState } from "../../shared/policy/insurer.ts";
import { windowOf } from "../../shared/policy/publish-pack.ts";
import { type Walked, walkPortfolio } from "../bundle/small.ts";
import { signedIn } from "../policy/sample.ts";
import { hundredClaims } from "./hundred.ts";

/* A hundred claims that took their whole walk over HTTP, each beside pure `decide` on the same inputs. */
let walked: Walked;
beforeAll(async () => {
  walked = await walkPortfolio(await hundredClaims());
});
afterAll(() => walked.close());

const done = (event: DomainEvent | Refusal): DomainEvent => {
  if (isRefusal(event)) throw new Error(event.detail);
  return event;
};

/** The claim's world made of the portfolio alone: no database, no HTTP. */
function worldOf({ portfolio: item, claim }: WalkedClaim): ClaimWorld {
  const { stage, portfolio } = walked;
  const tenant = portfolio.insurers.find(({ id }) => id === item.insurer);
  if (!tenant) throw new Error(`no insurer ${item.insurer}`);
  const { kind, currency } = tenant;
  const state: InsurerState = {
    insurer: item.insurer,
    kind,
    simulation: true,
    currency,
    keys: [],
    bands: [],
    bandsVersion: 0n,
  };
  const insurer: Seen<InsurerState> = { stream: "0".repeat(32), version: 1n, state };
  const policy = portfolio.policies.find(({ key }) => key === item.policy);
  const insured = stage.person(item.insured);
  const text = tenant.pack === schedulePack ? planSchedule : xiangHuBao1;
  const compiled = compilePack(text);
  const first = { version: 1n, hash: packHash(text) };
  const versions = [{ ...first, ...windowOf(text) }];
  const pack = { pack: text.id, dateBasis: text.dateBasis, ...first, versions };
  const policyStream = (policy && stage.policies.get(policy.key)) ?? "";
  const cover = policy && {
    policy: {
      stream: policyStream,
      version: 1n,
      state: {
        status: "active" as const,
        terms: {
          insured,
          parties: [{ role: "insured" as const, person: insured }],
          coverage: policy.coverage,
          start: policy.startDay,
          end: policy.endDay,
          birthDate: policy.birthDay,
          limit: policy.limit,
          pack: "1".repeat(32),
        },
      },
    },
    accumulator: newAccumulator(`policy/${policyStream}`),
    pack: { stream: "1".repeat(32), version: 1n, state: pack, compiled },
  };
  const now = BigInt(Date.now()) * 1000n;
  const submitter = { person: stage.cast(item.insurer).intake.person, channel: "intake" as const };
  const submission = submissionOf(stage, item);
  const act = { kind: "machine", now } as const;
  const event = done(submitClaim(insurer, cover?.policy, claim, submission, submitter, act));
  const submitted = evolve("claim", undefined, event, 1n, "machine") as ClaimState;
  return {
    insurer,
    claim: { stream: claim, version: 1n, state: submitted },
    claimAccumulator: newAccumulator(`claim/${claim}`),
    ...(cover ? { cover } : {}),
  };
}

/** The decisions as the ledger holds them. */
async function recorded({ portfolio: { insurer }, claim }: WalkedClaim): Promise<Decided[]> {
  const { ports } = walked.services;
  const decisions: Decided[] = [];
  for (const stored of (await ports.store.records(insurer, claim)).slice(1)) {
    const openings = await openRecord(ports, insurer, stored);
    const fields = Object.fromEntries(openings.map(({ path, value }) => [path, value]));
    decisions.push(decodeContent(decidedForm, fields));
  }
  return decisions;
}

const core = ({ outcome, award, reasonCode, reductions, citation, trace }: Decided) => ({
  outcome,
  award,
  reasonCode,
  reductions,
  citation,
  trace,
});

test("every claim's decisions over HTTP are what pure decide gives", async () => {
  const outcomes = new Set<string>();
  for (const item of walked.claims) {
    const world = worldOf(item);
    const now = BigInt(Date.now()) * 1000n;
    const first = done(adjudicateClaim(world, { kind: "machine", now }));
    const expected = [core(first.content as Decided)];
    if (expected[0]?.outcome === "REFER") {
      const state = evolve("claim", world.claim.state, first, 2n, "machine") as ClaimState;
      const ruling = simulatedRuling((first.content as Decided).reasonCode, item.portfolio);
      const claim = { ...world.claim, version: 2n, state };
      const signatory = { person: "a".repeat(32), credential: signedIn };
      const ruled = ruleOnClaim(
        { ...world, claim },
        { ...ruling, fileOpenedAt: now, documentsOpened: [] },
        { kind: "simulated", now, signatory },
      );
      expected.push(core(done(ruled).content as Decided));
    }
    const found = (await recorded(item)).map(core);
    expect({ key: item.portfolio.key, found }).toEqual({
      key: item.portfolio.key,
      found: expected,
    });
    const course = expected.map(({ outcome }) => outcome).join(" ");
    outcomes.add(`${item.portfolio.insurer}: ${course}`);
  }
  expect(walked.claims).toHaveLength(100);
  expect([...outcomes].sort()).toEqual([
    "aetna: PAY",
    "aetna: PAY_PART",
    "aetna: REFER DENY",
    "aetna: REFER PAY_PART",
    "first-mutual: PAY",
    "first-mutual: REFER DENY",
    "no-insurer: REFER DENY",
    "second-mutual: PAY",
    "second-mutual: PAY_PART",
    "second-mutual: REFER DENY",
  ]);
});
