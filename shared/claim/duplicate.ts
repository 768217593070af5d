import { toHex, utf8 } from "../base/bytes.ts";
import { canonicalText } from "../base/canonical.ts";
import { formatDay } from "../base/day.ts";
import type { Handle } from "../base/handle.ts";
import type { Reading } from "../base/inputs.ts";
import { sha256 } from "../base/sha256.ts";
import type { ClaimState } from "./state.ts";
import type { ClaimWorld } from "./world.ts";

const marks = "loss/";

/**
 * What the first of several claims for one loss leaves in its policy's accumulator, less the claim's handle: "loss/", 64 bits of a SHA-256 over day,
 * cause, services and amount, "/". The cause of a service is which services, whatever their order and spelling in capitals and spaces.
 */
export function lossOf({
  submission,
  claimed,
}: Pick<ClaimState, "submission" | "claimed">): string {
  const { event, lossDate, lines } = submission;
  const services =
    event === "service"
      ? lines.map(({ service }) => service.toLowerCase().replaceAll(/\s+/g, " ").trim()).sort()
      : [];
  const loss = [formatDay(lossDate), event, services, claimed.minor.toString(), claimed.currency];
  return `${marks}${toHex(sha256(utf8(canonicalText(loss)))).slice(0, 16)}/`;
}

/** Whether the claim's pack looks for claims submitted twice. */
const looks = ({ cover }: ClaimWorld): boolean =>
  cover?.pack.compiled.pack.duplicateCitation !== undefined;

/** The claim of the same loss on the same policy that was decided before this one, by whatever channel either came in; null without one. */
export function earlierClaim(world: ClaimWorld): Handle | null {
  if (!world.cover || !looks(world)) return null;
  const loss = lossOf(world.claim.state);
  for (const [name, count] of Object.entries(world.cover.accumulator.values)) {
    const claim = name.startsWith(loss) && count > 0n ? name.slice(loss.length) : undefined;
    if (claim !== undefined && claim !== world.claim.stream) return claim;
  }
  return null;
}

/** The mark this claim's decision leaves, whatever its outcome; none where an earlier claim already stands for the loss. */
export function markOf(world: ClaimWorld): Readonly<Record<string, bigint>> {
  if (!looks(world) || earlierClaim(world) !== null) return {};
  return { [`${lossOf(world.claim.state)}${world.claim.stream}`]: 1n };
}

/** What a decision seals of its policy's row: all but the marks of other losses, of which a policy has as many as claims. */
export function withoutOtherLosses(world: ClaimWorld, reading: Reading): Reading {
  if (!looks(world)) return reading;
  const loss = lossOf(world.claim.state);
  const read = Object.entries(reading.values).filter(
    ([name]) => !name.startsWith(marks) || name.startsWith(loss),
  );
  return { ...reading, values: Object.fromEntries(read) };
}
