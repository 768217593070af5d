import { expect, test } from "@jest/globals";
import { proposalWorld } from "../../shared/audit/reader.ts";
import { eventOf } from "../../shared/base/event.ts";
import { isRefusal } from "../../shared/base/refusal.ts";
import { type Proposed, reissuedForm } from "../../shared/payout/forms.ts";
import { proposePayout } from "../../shared/payout/propose.ts";
import { reissuePayout } from "../../shared/payout/reissue.ts";
import { maker, releaser, reportOn } from "../payout/sample.ts";
import { byMachine, handle } from "../policy/sample.ts";
import { bundleOf, entriesOf, findingsIn } from "./bundle.ts";
import { Walk } from "./walk.ts";

const [claim, first, heir] = [handle("3"), handle("c"), handle("d")];

/** A log in which a payout is recalled and paid again; `forge` may change what the second proposal says. */
async function reissued(forge = (content: Proposed): Proposed => content): Promise<Walk> {
  const walk = new Walk();
  const machine = byMachine();
  await walk.decided(claim);
  await walk.released(claim, first, releaser);
  await walk.payout("recalled", first, machine, reportOn("recalled"));
  await walk.payout("reissued", first, maker, (on, act) => reissuePayout(on, heir, act));
  const world = await proposalWorld(walk.reader, claim, first);
  const event = world && proposePayout(world, heir, {}, maker);
  if (!event || isRefusal(event)) throw new Error("not proposed");
  walk.take("again", { ...event, content: forge(event.content as Proposed) }, maker);
  return walk;
}

const audited = ({ items, packs }: Walk) => findingsIn(bundleOf(entriesOf(items), { packs }));

test("a payout that is recalled and paid again is re-executed without a finding", async () => {
  expect(await audited(await reissued())).toEqual([]);
});

test("a second payout that does not say, or lies about, which it replaces is found", async () => {
  const lying = await reissued((content) => ({ ...content, replaces: heir }));
  expect(await audited(lying)).toContainEqual(expect.stringMatching(`^${lying.at("again")} `));
  const smaller = await reissued((content) => ({
    ...content,
    amount: { ...content.amount, minor: content.amount.minor - 1n },
  }));
  expect(await audited(smaller)).toContainEqual(expect.stringMatching(`^${smaller.at("again")} `));
});

test("a payout that is given over twice is found", async () => {
  const walk = await reissued();
  const twice = eventOf(reissuedForm, first, {
    now: maker.now,
    successor: handle("9"),
    ...(maker.signatory ? { by: maker.signatory } : {}),
  });
  walk.take("twice", twice, maker);
  expect(await audited(walk)).toContainEqual(`${walk.at("twice")} refused`);
});
