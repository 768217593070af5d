import type { Act } from "../base/actor.ts";
import type { DomainEvent } from "../base/event.ts";
import { isRefusal, type Refusal, refuse } from "../base/refusal.ts";
import { adjudicateClaim } from "../claim/adjudicate.ts";
import { type Assigned, assignClaim, assignedForm } from "../claim/assign.ts";
import { type Breached, breachedForm, recordBreach } from "../claim/breach.ts";
import { type Decided, decidedForm } from "../claim/decided.ts";
import {
  type Confirmed,
  confirmEvidence,
  confirmedForm,
  type Declared,
  declaredForm,
  declareEvidence,
} from "../claim/evidence.ts";
import { stepClaim, stepOf } from "../claim/lifecycle.ts";
import { changePayee, type PayeeChanged, payeeChangedForm } from "../claim/payee.ts";
import { type Reserved, reserveClaim, reservedForm } from "../claim/reserve.ts";
import { ruleOnClaim } from "../claim/rule.ts";
import { type Submitted, submitClaim, submittedForm } from "../claim/submit.ts";
import {
  approvePayout,
  releasePayout,
  screenPayout,
  stopPayout,
  voidPayout,
} from "../payout/advance.ts";
import {
  approvedForm,
  type BreakClosed,
  breakClosedForm,
  type Ended,
  type Proposed,
  proposedForm,
  type Recovered,
  type Reissued,
  type Released,
  type Reported,
  recoveredForm,
  reissuedForm,
  releasedForm,
  reportedForm,
  type Screened,
  screenedForm,
  stoppedForm,
} from "../payout/forms.ts";
import { orderedOf } from "../payout/ordered.ts";
import { askedIn, proposePayout } from "../payout/propose.ts";
import { recoverPayout } from "../payout/recover.ts";
import { reissuePayout } from "../payout/reissue.ts";
import { breakPayout, closeBreak, lineOf, reportPayout, reversePayout } from "../payout/report.ts";
import type { PayoutWorld } from "../payout/world.ts";
import { type Imported, importDocument } from "../policy/document.ts";

import {
  cancelledForm,
  cancelPolicy,
  endorsedForm,
  endorsePolicy,
  issuedForm,
  issuePolicy,
  type Terms,
} from "../policy/policy.ts";
import { recordTotals, type Totals, totalsForm } from "../policy/totals.ts";
import { claimWorld, clockWorld, payoutWorld, proposalWorld, type Reader } from "./reader.ts";

/**
 * Runs the command behind a recorded event again, on what `reader` shows and at the act's own time. The result is the event the same rules
 * give today, or the refusal they would have given.
 */
export function redecide(
  reader: Reader,
  event: DomainEvent,
  act: Act,
): Promise<DomainEvent | Refusal> {
  if (event.kind === "policy") return redecidePolicy(reader, event, act);
  if (event.kind === "claim") return redecideClaim(reader, event, act);
  if (event.kind === "document") return redecideDocument(reader, event, act);
  if (event.type === totalsForm.type) return redecideTotals(reader, event, act);
  return redecidePayout(reader, event, act);
}

async function redecideTotals(reader: Reader, event: DomainEvent, act: Act) {
  const { now, by, ...totals } = event.content as Totals;
  // Throws where an earlier period is not open: where that ended is then unknown.
  await reader.stream("insurer", event.stream);
  return recordTotals(await reader.insurer(), totals, act);
}

async function redecideDocument(reader: Reader, event: DomainEvent, act: Act) {
  const [insurer, document] = await Promise.all([
    reader.insurer(),
    reader.stream("document", event.stream),
  ]);
  return importDocument(insurer, document, event.stream, event.content as Imported, act);
}

const missing = (what: string): Refusal => refuse("not-found", `There is no such ${what}.`);

async function redecidePolicy(reader: Reader, event: DomainEvent, act: Act) {
  const insurer = await reader.insurer();
  const { now, by, ...content } = event.content as Terms & Ended;
  if (event.type === issuedForm.type) return issuePolicy(insurer, event.stream, content, act);
  const policy = await reader.stream("policy", event.stream);
  if (!policy) return missing("policy");
  if (event.type === cancelledForm.type) return cancelPolicy(insurer, policy, content.reason, act);
  const { reason, ...terms } = content;
  if (event.type === endorsedForm.type) return endorsePolicy(insurer, policy, terms, reason, act);
  throw new Error(`bug: ${event.type} is no act on a policy`);
}

async function redecideClaim(reader: Reader, event: DomainEvent, act: Act) {
  if (event.type === submittedForm.type) {
    const { claimant, insured, channel, claimed, reserve, now, by, ...stated } =
      event.content as Submitted;
    const policy = stated.policy ? await reader.stream("policy", stated.policy) : undefined;
    const submission = claimant === insured ? stated : { ...stated, onBehalfOf: insured };
    const submitter = { person: claimant, channel };
    return submitClaim(
      await reader.insurer(),
      policy,
      event.stream,
      channel === "intake" ? submission : stated,
      submitter,
      act,
    );
  }
  if (event.type === breachedForm.type) {
    const clocked = await clockWorld(reader, event.stream);
    if (!clocked) return missing("claim");
    const { clock } = event.content as Breached;
    return recordBreach(clocked, clock, orderedOf(clocked.payouts), act);
  }
  const world = await claimWorld(reader, event.stream);
  if (!world) return missing("claim");
  if (event.type === decidedForm.type) {
    const { command } = event.content as Decided;
    return command.kind === "adjudicate"
      ? adjudicateClaim(world, act)
      : ruleOnClaim(world, command.ruling, act);
  }
  if (event.type === assignedForm.type) {
    return assignClaim(world, (event.content as Assigned).assignee, act);
  }
  if (event.type === reservedForm.type) {
    const { reserve, reason } = event.content as Reserved;
    return reserveClaim(world, reserve, reason, act);
  }
  if (event.type === payeeChangedForm.type) {
    const { payee, reason } = event.content as PayeeChanged;
    return changePayee(world, payee, reason, act);
  }
  if (event.type === declaredForm.type) {
    const { evidence, now, by, ...declaration } = event.content as Declared;
    return declareEvidence(world, evidence, declaration, act);
  }
  if (event.type === confirmedForm.type) {
    const { evidence, sha256, sizeBytes } = event.content as Confirmed;
    return confirmEvidence(world, evidence, { sha256, sizeBytes }, act);
  }
  const step = stepOf(event);
  if (!step) throw new Error(`bug: ${event.type} is no act on a claim`);
  return stepClaim(world, step.name, step.text, act);
}

async function redecidePayout(reader: Reader, event: DomainEvent, act: Act) {
  if (event.type === proposedForm.type) {
    const content = event.content as Proposed;
    const world = await proposalWorld(reader, content.claim, content.replaces);
    if (!world) return missing("claim");
    return proposePayout(world, event.stream, askedIn(content), act);
  }
  const world = await payoutWorld(reader, event.stream);
  if (!world) return missing("payout");
  switch (event.type) {
    case screenedForm.type:
      return screenPayout(world, event.content as Screened, act);
    case approvedForm.type:
      return approvePayout(world, act);
    case releasedForm.type:
      return releasePayout(world, event.content as Released, act);
    case reportedForm.type:
      return redecideReport(world, event.content as Reported, act);
    case breakClosedForm.type: {
      const { number, reason } = event.content as BreakClosed;
      return closeBreak(world, number, reason, act);
    }
    case recoveredForm.type:
      return recoverPayout(world, event.content as Recovered, act);
    case reissuedForm.type:
      return reissuePayout(world, (event.content as Reissued).successor, act);
    default:
      return (event.type === stoppedForm.type ? stopPayout : voidPayout)(
        world,
        (event.content as Ended).reason,
        act,
      );
  }
}

/** A bank's line on a payout as it stood: what it moved it had to move, and a break had to be one, of that kind. */
function redecideReport(
  world: PayoutWorld,
  content: Reported,
  act: Act,
): ReturnType<typeof reportPayout> {
  const line = lineOf(content);
  if (content.report === "reversed") return reversePayout(world, line, act);
  if (content.report !== "break") return reportPayout(world, line, act);
  const made = breakPayout(world, line, act);
  const kind = isRefusal(made) ? undefined : (made.content as Reported).break?.kind;
  if (isRefusal(made) || kind === content.break?.kind) return made;
  return refuse("wrong-state", `The break is ${kind}.`);
}
