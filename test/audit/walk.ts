import { Fold } from "../../shared/audit/fold.ts";
import { referInputs } from "../../shared/audit/inputs.ts";
import { claimWorld, payoutWorld, proposalWorld, type Reader } from "../../shared/audit/reader.ts";
import { formOf } from "../../shared/audit/streams.ts";
import type { Act } from "../../shared/base/actor.ts";
import { type DomainEvent, encodeContent } from "../../shared/base/event.ts";
import { formatMinute } from "../../shared/base/instant.ts";
import { isRefusal, type Refusal } from "../../shared/base/refusal.ts";
import { adjudicateClaim } from "../../shared/claim/adjudicate.ts";
import { type StepName, stepClaim } from "../../shared/claim/lifecycle.ts";
import { ruleOnClaim } from "../../shared/claim/rule.ts";
import type { Ruling } from "../../shared/claim/ruling.ts";
import type { Submission } from "../../shared/claim/submission.ts";
import { type Submitter, submitClaim } from "../../shared/claim/submit.ts";
import type { ClaimWorld } from "../../shared/claim/world.ts";
import { compilePack } from "../../shared/coverage/compile.ts";
import { type Pack, packHash } from "../../shared/coverage/pack.ts";
import { planSchedule } from "../../shared/coverage/packs.ts";
import { approvePayout, screenPayout } from "../../shared/payout/advance.ts";
import { type Asked, proposePayout } from "../../shared/payout/propose.ts";
import type { PayoutWorld } from "../../shared/payout/world.ts";
import { openLog, publishBands } from "../../shared/policy/insurer.ts";
import { publishPayments } from "../../shared/policy/payments.ts";
import { endorsePolicy, issuePolicy } from "../../shared/policy/policy.ts";
import { publishPack } from "../../shared/policy/publish-pack.ts";
import { seal } from "../../shared/record/sealed.ts";
import { isSealedType, type RecordType, sealedSizes } from "../../shared/record/types.ts";
import { line, ruling, submission } from "../claim/sample.ts";
import { clear, release, releaser, reportOn } from "../payout/sample.ts";
import {
  bands,
  byMachine,
  byPerson,
  day,
  handle,
  insured,
  insurerStream,
  minute,
  noon,
  packStream,
  payments as paymentsOfAll,
  policyStream,
  terms,
  usd,
} from "../policy/sample.ts";
import { type Item, keyOf, origin, saltsOf } from "./bundle.ts";

export const adjuster = handle("6");
export const second = handle("7");
export const staff = handle("e");
export const packAuthor = handle("b");
export const packApprover = handle("8");
export const claimOne = handle("3");
export const claimTwo = handle("5");
export const claimThree = handle("c");
export const claimFour = handle("f");
export const otherPolicy = handle("d");
export const payoutOne = handle("4");

/** Commands on an insurer's log, judged by the rules themselves on a fold of what was recorded so far. */
export class Walk {
  readonly items: Item[] = [];
  readonly packs: Pack[] = [];
  readonly #fold: Fold;
  readonly #versions = new Map<string, bigint>();
  readonly #places = new Map<string, number>();

  constructor() {
    const compiled = new Map<string, ReturnType<typeof compilePack>>();
    this.#fold = new Fold((hash) => {
      const pack = this.packs.find((each) => packHash(each) === hash);
      if (pack && !compiled.has(hash)) compiled.set(hash, compilePack(pack));
      return compiled.get(hash);
    });
  }

  get reader(): Reader {
    return this.#fold;
  }

  /** The index of the record that was given `name`. */
  at(name: string): number {
    const index = this.#places.get(name);
    if (index === undefined) throw new Error(`no record ${name}`);
    return index;
  }

  /** Records what was decided. */
  take(name: string, decided: DomainEvent | Refusal, act: Act): void {
    if (isRefusal(decided)) throw new Error(`${name}: ${decided.refused}: ${decided.detail}`);
    const { type, stream } = decided;
    const form = formOf(type);
    const fields = referInputs(encodeContent(form, decided.content), (of) =>
      this.#fold.fieldsOf(of),
    );
    const version = (this.#versions.get(stream) ?? 0n) + 1n;
    const time = formatMinute(act.now);
    this.#places.set(name, this.items.length);
    this.#versions.set(stream, version);
    this.items.push({ type: type as RecordType, stream, actor: act.kind, time, fields });
    const openings = isSealedType(type)
      ? seal(fields, sealedSizes[type], saltsOf(stream, version)).openings
      : [];
    this.#fold.apply(decided, version, act.kind, time, openings);
  }

  async open(simulation = false, plan = planSchedule): Promise<void> {
    const keys = [keyOf(origin)];
    const genesis = {
      insurer: "acme",
      kind: "insurer",
      simulation,
      currency: "USD",
      keys,
    } as const;
    this.take("genesis", openLog(insurerStream, { ...genesis, keys }), byMachine());
    await this.publishBands("bands", byMachine());
    const payments = publishPayments(await this.#fold.insurer(), paymentsOfAll, byMachine());
    this.take("payments", payments, byMachine());
    await this.publish("pack", plan, byPerson(packApprover));
    const insurer = await this.#fold.insurer();
    this.take("policy", issuePolicy(insurer, policyStream, terms(), byMachine()), byMachine());
  }

  /** Opens the log with one claim of 500, of which the plan pays 300: "submitted", "decided". */
  async decided(stream: string): Promise<void> {
    await this.open();
    const stated = { ...submission(), onBehalfOf: insured, lines: [line(50_000n, 30_000n)] };
    const intake = { person: staff, channel: "intake" } as const;
    await this.submit("submitted", stream, stated, intake, byPerson(staff));
    await this.adjudicate("decided", stream);
  }

  /** Pays its award by one payout, as far as "released": "proposed", "screened", "approved" before. */
  async released(claim: string, payout: string, releaser: Act): Promise<void> {
    const machine = byMachine();
    await this.propose("proposed", claim, payout, machine);
    await this.payout("screened", payout, machine, (on, act) => screenPayout(on, clear, act));
    await this.payout("approved", payout, machine, approvePayout);
    await this.payout("released", payout, releaser, release);
  }

  async publishBands(name: string, act: Act, some = bands): Promise<void> {
    const insurer = await this.#fold.insurer();
    this.take(name, publishBands(insurer, { currency: "USD", bands: some }, act), act);
  }

  async publish(name: string, pack: Pack, act: Act): Promise<void> {
    const before = await this.#fold.stream("pack", packStream);
    const earlier = new Map(this.packs.map((each) => [packHash(each), compilePack(each)]));
    this.packs.push(pack);
    const publication = { text: compilePack(pack), author: packAuthor, earlier };
    const event = publishPack(await this.#fold.insurer(), before, packStream, publication, act);
    this.take(name, event, act);
  }

  async endorse(name: string, over: Parameters<typeof terms>[0], act: Act): Promise<void> {
    const policy = await this.#fold.stream("policy", policyStream);
    if (!policy) throw new Error("no policy");
    const insurer = await this.#fold.insurer();
    this.take(name, endorsePolicy(insurer, policy, terms(over), "agreed", act), act);
  }

  async submit(name: string, stream: string, stated: Submission, by: Submitter, act: Act) {
    const insurer = await this.#fold.insurer();
    const named = stated.policy;
    const policy = named ? await this.#fold.stream("policy", named) : undefined;
    this.take(name, submitClaim(insurer, policy, stream, stated, by, act), act);
  }

  async world(stream: string): Promise<ClaimWorld> {
    const world = await claimWorld(this.#fold, stream);
    if (!world) throw new Error("no such claim");
    return world;
  }

  async adjudicate(name: string, stream: string, now = noon): Promise<void> {
    const act = byMachine(now);
    this.take(name, adjudicateClaim(await this.world(stream), act), act);
  }

  async rule(name: string, stream: string, over: Partial<Ruling>, act: Act): Promise<void> {
    this.take(name, ruleOnClaim(await this.world(stream), ruling(over), act), act);
  }

  async step(name: string, stream: string, step: StepName, act: Act): Promise<void> {
    const world = await this.world(stream);
    this.take(name, stepClaim(world, step, "because", act), act);
  }

  async propose(name: string, claim: string, payout: string, act: Act, asked: Asked = {}) {
    const world = await proposalWorld(this.#fold, claim);
    if (!world) throw new Error("no such claim");
    this.take(name, proposePayout(world, payout, asked, act), act);
  }

  async payout(
    name: string,
    stream: string,
    act: Act,
    step: (world: PayoutWorld, act: Act) => DomainEvent | Refusal,
  ): Promise<void> {
    const world = await payoutWorld(this.#fold, stream);
    if (!world) throw new Error("no such payout");
    this.take(name, step(world, act), act);
  }
}

/**
 * A small honest log: a claim the pack pays in part and a payout that settles; a claim referred, denied, appealed and paid by another person;
 * an endorsement; a claim decided under the new terms; a claim on another policy.
 */
export async function honestWalk(): Promise<Walk> {
  const walk = new Walk();
  const machine = byMachine();
  await walk.open();
  const scheduled = { ...submission(), onBehalfOf: insured, lines: [line(50_000n, 30_000n)] };
  const intake = { person: staff, channel: "intake" } as const;
  await walk.submit("submitted one", claimOne, scheduled, intake, byPerson(staff));
  await walk.adjudicate("decided one", claimOne);
  await walk.released(claimOne, payoutOne, releaser);
  await walk.payout("settled", payoutOne, machine, reportOn("settled"));
  const claimant = { person: insured, channel: "claimant" } as const;
  await walk.submit("submitted two", claimTwo, submission(), claimant, byPerson(insured));
  await walk.adjudicate("referred two", claimTwo);
  const no = { outcome: "DENY", reasonCode: "NOT_COVERED" } as const;
  await walk.rule("denied two", claimTwo, no, byPerson(adjuster));
  await walk.step("appealed two", claimTwo, "appeal", byPerson(insured));
  const part = { outcome: "PAY_PART", amount: usd(20_000n), reasonCode: "GOODWILL" } as const;
  await walk.rule("ruled two", claimTwo, part, byPerson(second));
  const later = noon + 10n * minute;
  await walk.endorse("endorsed", { limit: usd(60_000n), end: day("2023-01-01") }, byMachine(later));
  await walk.submit("submitted three", claimThree, scheduled, intake, byPerson(staff, later));
  await walk.adjudicate("decided three", claimThree, later);
  const insurer = await walk.reader.insurer();
  const other = issuePolicy(insurer, otherPolicy, terms(), byMachine(later));
  walk.take("other policy", other, byMachine(later));
  const elsewhere = { ...scheduled, policy: otherPolicy };
  await walk.submit("submitted four", claimFour, elsewhere, intake, byPerson(staff, later));
  await walk.adjudicate("decided four", claimFour, later);
  return walk;
}
