import { publishedKey } from "../../shared/api/log-path.ts";
import { equal } from "../../shared/base/bytes.ts";
import { unlessMalformed } from "../../shared/base/malformed.ts";
import { parseNote } from "../../shared/log/note.ts";
import { openCheckpoint } from "../../shared/log/open-checkpoint.ts";
import { quorumMet } from "../../shared/log/policy.ts";
import type { StoredObject } from "../../shared/ports/objects.ts";
import { Unavailable } from "../../shared/ports/unavailable.ts";
import { alarmOf, type LogAlarm } from "./alarm.ts";
import { cosigned, type ToWitness } from "./cosign.ts";
import type { PublisherPorts } from "./ports.ts";

/**
 * The note under `checkpoints/<size>`: the signed one with its cosignatures, put where none is. As each try is cosigned at another time, one that is
 * there is adopted if it is the signed note and lines that follow it; other bytes are an alarm. Throws Unavailable: no quorum, or a note
 * stored without one while `mustBeWitnessed`, which only a larger tree gets over.
 */
export async function keepNote(
  ports: PublisherPorts,
  checkpoint: ToWitness,
  mustBeWitnessed: boolean,
): Promise<{ readonly note: Uint8Array } | LogAlarm> {
  const { published, witnessing } = ports;
  const key = publishedKey(checkpoint.insurer, `checkpoints/${checkpoint.head.size}`);
  const before = witnessing && (await published.get(key));
  if (before !== undefined) return adopted(ports, checkpoint, before, mustBeWitnessed);
  const kept = await cosigned(ports, checkpoint);
  if ("alarm" in kept || (await published.putIfAbsent(key, kept.note)) === "stored") return kept;
  return adopted(ports, checkpoint, await published.get(key), mustBeWitnessed);
}

function adopted(
  { witnessing }: PublisherPorts,
  { insurer, head, note }: ToWitness,
  stored: StoredObject | undefined,
  mustBeWitnessed: boolean,
): { readonly note: Uint8Array } | LogAlarm {
  const key = publishedKey(insurer, `checkpoints/${head.size}`);
  if (stored === undefined || !begins(stored.bytes, note)) {
    return alarmOf("other-bytes", `${key} is there with other bytes`);
  }
  if (mustBeWitnessed && witnessing && !isWitnessed(witnessing.witnesses.policy, stored.bytes)) {
    const why = `${key} was stored with too few: the next larger checkpoint will have enough`;
    throw new Unavailable("witnesses", why);
  }
  return { note: stored.bytes };
}

/** Whether `stored` is the signed note, or it and further signature lines. */
const begins = (stored: Uint8Array, note: Uint8Array): boolean =>
  equal(stored.subarray(0, note.length), note) &&
  unlessMalformed(() => parseNote(stored)) !== undefined;

function isWitnessed(policy: Parameters<typeof quorumMet>[0], note: Uint8Array): boolean {
  const opened = openCheckpoint(
    note,
    policy.witnesses.map(({ key }) => key),
  );
  return quorumMet(policy, "refused" in opened ? [] : opened.signatures.map(({ key }) => key));
}
