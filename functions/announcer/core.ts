import { publishedKey } from "../../shared/api/log-path.ts";
import { fromUtf8, utf8 } from "../../shared/base/bytes.ts";
import { least } from "../../shared/base/least.ts";
import { parseBundle } from "../../shared/log/bundle.ts";
import { parseDecimal } from "../../shared/log/decimal.ts";
import { bundlePath, fullWidth } from "../../shared/log/tile.ts";
import type { ClaimEvents } from "../../shared/ports/claim-events.ts";
import type { ObjectStore } from "../../shared/ports/objects.ts";
import { signedSize } from "../command/signed-size.ts";
import type { Measured } from "../metrics.ts";
import { claimEventOf } from "./claim-event.ts";

/** What is read, where it is remembered how far, and where events go. */
export interface AnnouncerPorts {
  readonly published: ObjectStore;
  readonly cursors: Pick<ObjectStore, "get" | "replace">;
  readonly events: ClaimEvents;
}

const width = BigInt(fullWidth);
const cursorKey = (insurer: string): string => `announced/${insurer}`;

/**
 * Puts the events of what a log published since the last time, a bundle of 256 entries at a time and at most `most`; then, and only then, remembers how far it
 * came: whatever breaks off, every event is put at least once. A cursor that is lost begins at entry 0. Gives how many entries were passed. Throws Unavailable.
 */
export async function announce(
  ports: AnnouncerPorts,
  insurer: string,
  most: bigint,
): Promise<number> {
  const size = await signedSize(ports.published, insurer);
  const start = await cursorOf(ports, insurer);
  const end = least(size, start.at + most);
  let { at, tag } = start;
  while (at < end) {
    const to = least(size, (at / width + 1n) * width);
    const entries = await entriesOf(ports.published, insurer, at / width, size);
    if (entries === undefined) break;
    const fresh = entries.slice(Number(at % width), Number(to - (at / width) * width));
    await ports.events.put(fresh.flatMap((entry, n) => claimEventOf(at + BigInt(n), entry) ?? []));
    if ((await ports.cursors.replace(cursorKey(insurer), utf8(to.toString()), tag)) !== "stored")
      break;
    ({ at, tag } = await cursorOf(ports, insurer));
  }
  return Number(at - start.at);
}

/** The entries of one bundle of a log of `size`; undefined where the log went on and it was replaced meanwhile. */
async function entriesOf(
  published: ObjectStore,
  insurer: string,
  index: bigint,
  size: bigint,
): Promise<readonly Uint8Array[] | undefined> {
  const whole = Number(least(width, size - index * width));
  const key = publishedKey(insurer, bundlePath({ index, width: whole }));
  const found = await published.get(key);
  return found && parseBundle(found.bytes, whole);
}

async function cursorOf({ cursors }: Pick<AnnouncerPorts, "cursors">, insurer: string) {
  const kept = await cursors.get(cursorKey(insurer));
  const at = kept ? parseDecimal(fromUtf8(kept.bytes), "how far events were put") : 0n;
  return { at, tag: kept?.tag };
}

/** How many published entries no event was put of yet, of all logs. Throws Unavailable. */
export async function unannounced(
  ports: Pick<AnnouncerPorts, "published" | "cursors">,
  insurers: readonly string[],
): Promise<Measured> {
  let waiting = 0n;
  for (const insurer of insurers) {
    const size = await signedSize(ports.published, insurer);
    waiting += size - (await cursorOf(ports, insurer)).at;
  }
  return { unannounced: Number(waiting) };
}
