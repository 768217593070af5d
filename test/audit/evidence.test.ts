import { expect, test } from "@jest/globals";
import { eventOf } from "../../shared/base/event.ts";
import { isRefusal } from "../../shared/base/refusal.ts";
import type { Declaration } from "../../shared/claim/declaration.ts";
import { confirmEvidence, confirmedForm, declareEvidence } from "../../shared/claim/evidence.ts";
import { submission } from "../claim/sample.ts";
import { byPerson, handle, insured } from "../policy/sample.ts";
import { audit, bundleOf, entriesOf } from "./bundle.ts";
import { claimOne, Walk } from "./walk.ts";

const letter: Declaration = {
  sha256: "a".repeat(64),
  sizeBytes: 7n,
  contentType: "application/pdf",
};
const document = handle("5");
const self = byPerson(insured);

/** A log with a claim and a declared document of it. */
async function declared(): Promise<Walk> {
  const walk = new Walk();
  await walk.open();
  const claimant = { person: insured, channel: "claimant" } as const;
  await walk.submit("submitted", claimOne, submission(), claimant, self);
  const event = declareEvidence(await walk.world(claimOne), document, letter, self);
  walk.take("declared", event, self);
  return walk;
}
const findingsOf = async (walk: Walk) =>
  (await audit(bundleOf(entriesOf(walk.items), { packs: walk.packs, notes: [2] }))).findings;

test("documents that were declared and confirmed by the rules are no finding", async () => {
  const walk = await declared();
  const { sha256, sizeBytes } = letter;
  const event = confirmEvidence(await walk.world(claimOne), document, { sha256, sizeBytes }, self);
  if (isRefusal(event)) throw new Error(event.detail);
  walk.take("confirmed", event, self);
  expect(await findingsOf(walk)).toEqual([]);
});

test("a document confirmed though other bytes were declared, or none, is found", async () => {
  for (const [evidence, sha256] of [
    [document, "b".repeat(64)],
    [handle("6"), letter.sha256],
  ] as const) {
    const walk = await declared();
    if (!self.signatory) throw new Error("a person signs");
    const { now, signatory: by } = self;
    const content = { evidence, sha256, sizeBytes: letter.sizeBytes, now, by };
    walk.take("lie", eventOf(confirmedForm, claimOne, content), self);
    const [finding] = await findingsOf(walk);
    expect(finding).toMatchObject({ index: `${walk.at("lie")}` });
  }
});
