import { type Act, type ActorKind, unreadCredential } from "../base/actor.ts";
import type { DomainEvent, Seen } from "../base/event.ts";
import type { Handle } from "../base/handle.ts";
import type { Instant } from "../base/instant.ts";
import { isRefusal, type Refusal } from "../base/refusal.ts";
import type { CompiledPack } from "../coverage/compile.ts";
import { clocksForm, type PublishedClocks, publishClocks } from "../policy/clocks.ts";
import { type Disclosure, discloseOpenings, disclosureForm } from "../policy/disclosure.ts";
import {
  bandsForm,
  genesisForm,
  type InsurerState,
  type PublishedBands,
  publishBands,
} from "../policy/insurer.ts";
import { type ImportedJournal, journalForm, recordJournal } from "../policy/journal.ts";
import type { Published } from "../policy/pack.ts";
import { type PublishedPayments, paymentsForm, publishPayments } from "../policy/payments.ts";
import { unheldPerson } from "../policy/person.ts";
import { publishPack } from "../policy/publish-pack.ts";
import {
  type Reconciliation,
  reconciliationForm,
  recordReconciliation,
} from "../policy/reconciliation.ts";
import { publishRetention, type RetentionSchedule, retentionForm } from "../policy/retention.ts";
import { keysForm, type PublishedKeys, publishKeys } from "../policy/signing-keys.ts";
import type { Reader } from "./reader.ts";
import { redecidePerson } from "./redecide-person.ts";

/** Why the rules would not publish at `time` what a public record says; undefined when they would, or when its insurer or text is not there. */
export async function redecidePublic(
  reader: Reader & { readonly opened: Seen<InsurerState> | undefined },
  event: DomainEvent,
  packs: ReadonlyMap<string, CompiledPack>,
  actor: ActorKind,
  time: Instant,
): Promise<Refusal | undefined> {
  /** The act as the record shows it: of a person it says the handle, not what they showed. */
  const actBy = (person: Handle | null): Act => ({
    kind: actor,
    now: time,
    ...(person === null ? {} : { signatory: { person, credential: unreadCredential } }),
  });
  const insurer = reader.opened;
  if (!insurer || event.type === genesisForm.type) return undefined;
  if (event.kind === "person") {
    const { stream } = event;
    const state = (await reader.stream("person", stream)) ?? {
      stream,
      version: 0n,
      state: unheldPerson,
    };
    return refusalOf(redecidePerson(insurer, state, event, actor));
  }
  if (event.type === retentionForm.type) {
    return refusalOf(publishRetention(insurer, (event.content as RetentionSchedule).schedule));
  }
  if (event.type === keysForm.type) {
    return refusalOf(publishKeys(insurer, (event.content as PublishedKeys).keys));
  }
  if (event.type === paymentsForm.type) {
    const { by, ...payments } = event.content as PublishedPayments;
    return refusalOf(publishPayments(insurer, payments, actBy(by)));
  }
  if (event.type === clocksForm.type) {
    const { by, ...published } = event.content as PublishedClocks;
    return refusalOf(publishClocks(insurer, published, actBy(by)));
  }
  if (event.type === reconciliationForm.type) {
    return refusalOf(recordReconciliation(insurer, event.content as Reconciliation));
  }
  if (event.type === journalForm.type) {
    return refusalOf(recordJournal(insurer, event.content as ImportedJournal));
  }
  if (event.type === disclosureForm.type) {
    const { by, ...given } = event.content as Disclosure;
    return refusalOf(discloseOpenings(insurer, given, actBy(by)));
  }
  if (event.type === bandsForm.type) {
    const { by, ...bands } = event.content as PublishedBands;
    return refusalOf(publishBands(insurer, bands, actBy(by)));
  }
  const { hash, author, approver } = event.content as Published;
  const text = packs.get(hash);
  const before = await reader.stream("pack", event.stream);
  const act = actBy(actor === "machine" ? null : approver);
  const publication = { author, earlier: packs };
  return (
    text && refusalOf(publishPack(insurer, before, event.stream, { ...publication, text }, act))
  );
}

const refusalOf = (decided: DomainEvent | Refusal): Refusal | undefined =>
  isRefusal(decided) ? decided : undefined;
