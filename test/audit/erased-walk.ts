import type { DomainEvent } from "../../shared/base/event.ts";
import { eventOf } from "../../shared/base/event.ts";
import { approveErasure, completeErasure, requestErasure } from "../../shared/policy/erasure.ts";
import { type Cover, recordedForm } from "../../shared/policy/erasure-forms.ts";
import { unheldPerson } from "../../shared/policy/person.ts";
import { cancelPolicy, issuePolicy } from "../../shared/policy/policy.ts";
import { line, submission } from "../claim/sample.ts";
import { byMachine, byPerson, insured, policyStream, stranger, terms } from "../policy/sample.ts";
import { claimFour, claimOne, otherPolicy, staff, Walk } from "./walk.ts";

const classes = ["identity-and-health", "financial"] as const;
const intake = { person: staff, channel: "intake" } as const;
/** A place of which all that is about the person was erased. */
export const subject = (stream: string, version: bigint): Cover => ({
  stream,
  version,
  as: "subject",
});
/** All that is recorded about the insured person. */
export const whole = [subject(claimOne, 3n), subject(policyStream, 2n)];

/** One person's claim, paid, closed and erased (of `covers`, for `person`); then another person's, under another policy. */
export async function erasedWalk(
  covers: readonly Cover[] = whole,
  person = insured,
  meanwhile: (walk: Walk) => Promise<void> = async () => undefined,
): Promise<Walk> {
  const walk = new Walk();
  await walk.open();
  const scheduled = { ...submission(), onBehalfOf: insured, lines: [line(50_000n, 30_000n)] };
  await walk.submit("submitted", claimOne, scheduled, intake, byPerson(staff));
  await walk.adjudicate("decided", claimOne);
  await walk.step("closed", claimOne, "close", byMachine());
  const policy = await walk.reader.stream("policy", policyStream);
  if (!policy) throw new Error("no policy");
  const insurer = await walk.reader.insurer();
  const by = byPerson(staff);
  walk.take("cancelled", cancelPolicy(insurer, policy, "ran out", by), by);
  const state = async () =>
    (await walk.reader.stream("person", person)) ?? {
      stream: person,
      version: 0n,
      state: unheldPerson,
    };
  await meanwhile(walk);
  const asked = requestErasure(insurer, await state(), { classes, basis: "request" }, by);
  walk.take("asked", asked, by);
  const checker = byPerson(stranger);
  walk.take("approved", approveErasure(insurer, await state(), [], checker), checker);
  const recorded = eventOf(recordedForm, person, { classes: [...classes], covers: [...covers] });
  walk.take("recorded", recorded as DomainEvent, byMachine());
  walk.take("completed", completeErasure(await state()), byMachine());
  const other = { insured: stranger, parties: [{ role: "insured", person: stranger } as const] };
  const issued = issuePolicy(insurer, otherPolicy, terms(other), byMachine());
  walk.take("other policy", issued, byMachine());
  const elsewhere = { ...scheduled, policy: otherPolicy, onBehalfOf: stranger };
  await walk.submit("other submitted", claimFour, elsewhere, intake, byPerson(staff));
  await walk.adjudicate("other decided", claimFour);
  return walk;
}
