import { Malformed, unlessMalformed } from "../../shared/base/malformed.ts";
import { formatNote, type NoteSignature, parseNote } from "../../shared/log/note.ts";
import { openCheckpoint } from "../../shared/log/open-checkpoint.ts";
import { type PolicyWitness, quorumMet } from "../../shared/log/policy.ts";
import { consistencyFromTiles, type TreeHead } from "../../shared/log/tile-reader.ts";
import { formatAddCheckpoint, parseCosignatures } from "../../shared/log/witness.ts";
import { Unavailable } from "../../shared/ports/unavailable.ts";
import { alarmOf, type LogAlarm } from "./alarm.ts";
import type { PublisherPorts, Witnessing } from "./ports.ts";
import { publishedTiles } from "./published-tile.ts";

/** A checkpoint whose tiles are published, as its log signed it. */
export interface ToWitness {
  readonly insurer: string;
  readonly head: TreeHead;
  readonly note: Uint8Array;
}

type Answer =
  | { readonly witness: PolicyWitness; readonly line: NoteSignature }
  | LogAlarm
  | Unavailable;

/** Requests to one witness for one checkpoint: one, one more where it starts from another size, and one where that was overtaken. */
const mostRequests = 3;

/**
 * The note with the cosignatures of enough witnesses (C2SP tlog-witness); unchanged where none are needed. All are asked at once, and the first who
 * make up the quorum are waited for. One who holds to another tree, or to a larger one than the log signed, is an alarm: told with the next
 * checkpoint where it came after the quorum. Throws Unavailable, naming who did not cosign, and then the same call again is safe.
 */
export async function cosigned(
  ports: PublisherPorts,
  checkpoint: ToWitness,
): Promise<{ readonly note: Uint8Array } | LogAlarm> {
  const { witnessing } = ports;
  if (witnessing === undefined || witnessing.witnesses.policy.quorum === "none") return checkpoint;
  const late = witnessing.alarms.get(checkpoint.insurer);
  if (late !== undefined) return late;
  const answers = await untilEnough(ports, witnessing, checkpoint);
  const alarm = answers.find((answer) => "alarm" in answer);
  if (alarm !== undefined) return alarm;
  if (!isEnough(witnessing, answers)) throw new Unavailable("witnesses", notEnough(answers));
  const { text, signatures } = parseNote(checkpoint.note);
  const lines = answers.flatMap((answer) => ("line" in answer ? [answer.line] : []));
  return { note: formatNote({ text, signatures: [...signatures, ...lines] }) };
}

function untilEnough(
  ports: PublisherPorts,
  witnessing: Witnessing,
  checkpoint: ToWitness,
): Promise<readonly Answer[]> {
  const answers: Answer[] = [];
  return new Promise((resolve, reject) => {
    const { witnesses } = witnessing.witnesses.policy;
    const asked = witnesses.map(async (witness) => {
      const answer = await answerOf(ports, witnessing, checkpoint, witness);
      answers.push(answer);
      if ("alarm" in answer) witnessing.alarms.set(checkpoint.insurer, answer);
      if (isEnough(witnessing, answers)) resolve([...answers]);
    });
    Promise.all(asked).then(() => resolve(answers), reject);
  });
}

async function answerOf(...request: Parameters<typeof ask>): Promise<Answer> {
  try {
    return await ask(...request);
  } catch (error) {
    if (error instanceof Unavailable) return error;
    if (error instanceof Malformed) return alarmOf("root-mismatch", error.message);
    throw error;
  }
}

async function ask(
  ports: PublisherPorts,
  { witnesses, known, signedSize }: Witnessing,
  { insurer, head, note }: ToWitness,
  witness: PolicyWitness,
): Promise<Answer> {
  const about = `${insurer} ${witness.key.name}`;
  const service = `witness ${witness.name}`;
  let from = known.get(about) ?? 0n;
  if (from > head.size) from = 0n;
  for (let request = 1; request <= mostRequests; request++) {
    const proof = await proofFrom(ports, insurer, from, head);
    const answer = await witnesses.ask(
      witness,
      formatAddCheckpoint({ oldSize: from, proof, note }),
    );
    if ("lines" in answer) {
      const line = verifiedLine(note, witness, answer.lines);
      if (line === undefined) throw new Unavailable(service, "answers no cosignature of its own");
      known.set(about, head.size);
      return { witness, line };
    }
    if ("status" in answer) {
      if (answer.status !== 422) throw new Unavailable(service, `answers ${answer.status}`);
      return alarmOf("fork", `${service} cosigned another tree than ours of size ${from}`);
    }
    from = answer.size;
    if (from > (await signedSize(insurer))) {
      return alarmOf("fork", `${service} cosigned size ${from}, which the signer never signed`);
    }
    if (from > head.size) throw new Unavailable(service, "cosigned a later checkpoint already");
    known.set(about, from);
  }
  throw new Unavailable(service, "says another size each time");
}

async function proofFrom(
  { published }: PublisherPorts,
  insurer: string,
  from: bigint,
  head: TreeHead,
): Promise<readonly Uint8Array[]> {
  if (from === 0n || from === head.size) return [];
  return (await consistencyFromTiles(from, head, publishedTiles(published, insurer))).proof;
}

/** The first line of the answer that is this witness's own, verifies and states a time (tlog-witness: never zero). */
function verifiedLine(
  note: Uint8Array,
  { key }: PolicyWitness,
  answer: Uint8Array,
): NoteSignature | undefined {
  const { text } = parseNote(note);
  const lines = unlessMalformed(() => parseCosignatures(answer)) ?? [];
  return lines.find((line) => {
    const opened = openCheckpoint(formatNote({ text, signatures: [line] }), [key]);
    return "signatures" in opened && (opened.signatures[0]?.timeSeconds ?? 0n) > 0n;
  });
}

const isEnough = ({ witnesses }: Witnessing, answers: readonly Answer[]): boolean =>
  quorumMet(
    witnesses.policy,
    answers.flatMap((answer) => ("line" in answer ? [answer.witness.key] : [])),
  );

const notEnough = (answers: readonly Answer[]): string =>
  `too few cosign: ${answers.flatMap((answer) => (answer instanceof Unavailable ? [answer.message] : [])).join("; ")}`;
