import { decodeContent } from "../../shared/base/event.ts";
import type { Handle } from "../../shared/base/handle.ts";
import { assert } from "../../shared/base/malformed.ts";
import { isRefusal, type Refusal, refuse } from "../../shared/base/refusal.ts";
import { decidedForm } from "../../shared/claim/decided.ts";
import { letterHash, letterOf } from "../../shared/letter/letter.ts";
import type { Caller, Letter } from "../../shared/ports/claims.ts";
import { parseRecord } from "../../shared/record/record.ts";
import { readableClaim } from "./claim-reading.ts";
import type { CommandPorts } from "./commit.ts";
import { openRecord } from "./openings.ts";

/**
 * The letter of the decision that is record `version` of the claim, for who may read the claim. It is made again from the record and the pack,
 * and is the one whose hash the record seals.
 */
export async function letterFor(
  ports: CommandPorts,
  caller: Caller,
  claim: Handle,
  version: bigint,
): Promise<Letter | Refusal> {
  if (caller.role !== "claimant" && caller.role !== "adjuster") {
    return refuse("not-permitted", "A letter is for the claimant and for who decides.");
  }
  const seen = await readableClaim(ports, caller, claim);
  if (isRefusal(seen)) return seen;
  const { insurer } = caller;
  const stored = (await ports.store.records(insurer, claim)).find(
    (each) => each.version === version,
  );
  const record = stored && parseRecord(stored.record);
  if (!stored || record?.type !== decidedForm.type) {
    return refuse("not-found", "This record of the claim is no decision.");
  }
  const openings = await openRecord(ports, insurer, stored);
  const fields = Object.fromEntries(
    openings.filter(({ path }) => path !== "by").map(({ path, value }) => [path, value]),
  );
  if (!("letter" in fields && "award" in fields)) {
    return refuse("erased", "The data of this decision was erased.");
  }
  const decision = decodeContent(decidedForm, fields);
  const pack = decision.pack ? await ports.packs.load(insurer, decision.pack.hash) : undefined;
  const text = letterOf({ claim, insurer, actor: record.actor }, decision, pack);
  assert(letterHash(text) === decision.letter, "a letter made again is the one sealed");
  return { text };
}
