import { equal } from "../../shared/base/bytes.ts";
import { parseCheckpoint } from "../../shared/log/checkpoint.ts";
import { parseNote } from "../../shared/log/note.ts";
import type { LedgerJournal } from "../../shared/ports/journal.ts";
import type { LedgerEngine } from "../../shared/ports/ledger.ts";
import type { SigningGate } from "../../shared/ports/signing.ts";
import type { FoldedJournal } from "../../shared/qldb/folded-journal.ts";
import { sequenceAll } from "../sequencer/core.ts";
import type { TrailFields } from "../sequencer/trail.ts";
import { noteOfNewest } from "../signer/sign-newest.ts";
import type { Advanced } from "./advance.ts";
import type { LogAlarm } from "./alarm.ts";
import { type ShowingPorts, shownCheckpoint } from "./checkpoint.ts";
import type { EntriesIn } from "./entries-in.ts";
import { publishJournal } from "./publish-journal.ts";

/** Everything the walk of a QLDB ledger needs: one journal, one digest and one gate for the logs of all its insurers. */
export interface JournalPorts extends ShowingPorts {
  /** The ledger's name: under it lies what is signed and published. */
  readonly ledger: string;
  readonly engine: LedgerEngine;
  readonly journal: LedgerJournal;
  readonly gate: SigningGate;
  readonly insurers: () => Promise<readonly string[]>;
  /** What the trail says of blocks that were published. */
  readonly entriesIn?: EntriesIn;
  readonly known?: Map<string, FoldedJournal>;
}

/** A step that lets no log keep the digest waiting: 8 blocks of each. */
const batchesPerStep = 8;

/**
 * One step of a ledger: place what waits in each of its logs, sign the newest digest if it isn't the published one (or one on the way there, where many blocks
 * came since), publish its blocks and it. A log whose records
 * can't be placed keeps none of the others waiting: what stands is signed and published, and then its error thrown. Any number of callers at once and a
 * crash anywhere are harmless. Throws Unavailable.
 */
export async function advanceJournal(ports: JournalPorts): Promise<Advanced | LogAlarm> {
  let placed = 0;
  const failed: unknown[] = [];
  for (const insurer of await ports.insurers()) {
    try {
      placed += await sequenceAll(ports.engine, insurer, batchesPerStep, ports.trail);
    } catch (error) {
      failed.push(error);
    }
  }
  const done = await signStanding(ports);
  if ("alarm" in done) return done;
  if (failed.length > 0) throw failed[0];
  return { placed, size: done.size };
}

/** Signs and publishes the newest digest, as {@link noteOfNewest}, unless it is the published one; gives the size that is published now. */
async function signStanding(ports: JournalPorts): Promise<{ readonly size: bigint } | LogAlarm> {
  const { ledger, engine, journal, gate } = ports;
  const shown = await shownCheckpoint(ports, ledger);
  if (shown !== undefined && "alarm" in shown) return shown;
  const digest = await journal.digest();
  const size = shown?.checkpoint.size ?? 0n;
  if (shown && digest.size === size && equal(digest.root, shown.checkpoint.root)) {
    return { size };
  }
  const whole = { digest: () => journal.digest(), extension: engine.extension };
  const signed = await noteOfNewest(whole, gate, ledger, digest);
  if ("alarm" in signed) return signed;
  const covered = parseCheckpoint(parseNote(signed.note).text).size;
  const told = await growthTold(ports, size, covered);
  const done = await publishJournal(ports, signed.note);
  if ("alarm" in done) return done;
  for (const each of told) ports.trail?.("published", each);
  return done;
}

/** What the lines say of a digest, one for each log that it covers more of; read before it is published. */
async function growthTold(
  { trail, entriesIn, insurers }: JournalPorts,
  start: bigint,
  size: bigint,
): Promise<readonly TrailFields[]> {
  const told: TrailFields[] = [];
  if (!trail || !entriesIn) return told;
  for (const insurer of await insurers()) {
    const grown = await entriesIn(insurer, start, size);
    if (grown.entries > 0) told.push({ insurer, size: size.toString(), ...grown });
  }
  return told;
}
