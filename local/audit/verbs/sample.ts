import { readFileSync } from "node:fs";
import { drawSample } from "../../../shared/audit/sample.ts";
import { toHex } from "../../../shared/base/bytes.ts";
import { type Checkpoint, parseCheckpoint } from "../../../shared/log/checkpoint.ts";
import { parseNote } from "../../../shared/log/note.ts";
import { verifyCheckpoint } from "../../../shared/proof/verify-checkpoint.ts";
import { type LedgerRecord, parseRecord } from "../../../shared/record/record.ts";
import { readTrust } from "../../bundle/trust.ts";
import { grouped } from "../../terminal/amount.ts";
import { reading, Unreadable } from "../../terminal/reading.ts";
import type { Terminal } from "../../terminal/terminal.ts";
import { exits, Misused, verb } from "../../terminal/verb.ts";
import { readEntries } from "../log-entries.ts";
import { type LogFiles, logFiles } from "../log-files.ts";

/**
 * `audit sample DIR|URL --size N --seed-note NOTE`: which decisions to examine by hand. The choice follows from a checkpoint that was signed
 * after the period, which ends at `--until NOTE` or at the log's newest checkpoint.
 */
export const sampleVerb = verb({
  name: "sample",
  usage: [
    "sample DIR|URL --size N --seed-note NOTE [--until NOTE] [--policy FILE] [--salt TEXT]",
    "       [--insurer ID] [--token-file FILE] [--json]",
  ],
  options: {
    size: { type: "string" },
    "seed-note": { type: "string" },
    until: { type: "string" },
    policy: { type: "string" },
    salt: { type: "string" },
    insurer: { type: "string" },
    "token-file": { type: "string" },
  },
  operands: [1, 1],
  run: async (terminal, given, [place = ""]) => {
    const { size, "seed-note": seedNote, until, policy, insurer, "token-file": tokenFile } = given;
    if (size === undefined || seedNote === undefined) {
      throw new Misused("sample needs --size N and --seed-note NOTE");
    }
    if (!/^[1-9]\d{0,5}$/.test(size)) throw new Misused("--size is a number from 1 to 999999");
    const token = tokenFile && reading(tokenFile, () => readFileSync(tokenFile, "utf8").trim());
    const files = logFiles(place, insurer, token);
    const seed = readNote(seedNote, policy);
    const newest = await newestOf(files);
    const end = until === undefined ? newest : readNote(until, policy);
    requireLater(seed, end, newest);
    const decisions = await decisionsUntil(files, newest.size, end);
    const drawn = drawSample(seed, given.salt ?? "", decisions.length, Number(size));
    show(
      terminal,
      seed,
      end,
      decisions.length,
      drawn.flatMap((at) => decisions[at] ?? []),
    );
    return exits.ok;
  },
});

interface Decision {
  readonly index: bigint;
  readonly leaf: Uint8Array;
  readonly record: LedgerRecord;
}

function readNote(file: string, policy: string | undefined): Checkpoint {
  const bytes = reading(file, () => readFileSync(file));
  if (policy === undefined) {
    return reading(file, () => parseCheckpoint(parseNote(bytes, "note").text));
  }
  const trust = reading(policy, () => readTrust(policy));
  const believed = verifyCheckpoint(bytes, trust.policy, trust.requirements);
  if (!("refused" in believed)) return believed;
  throw new Unreadable(`${file} is not believed by the policy: ${believed.detail}`);
}

async function newestOf(files: LogFiles): Promise<Checkpoint> {
  const note = await files.read("checkpoint");
  if (!note) throw new Unreadable(`${files.name} has no checkpoint`);
  return reading(files.name, () => parseCheckpoint(parseNote(note, "checkpoint").text));
}

function requireLater(seed: Checkpoint, end: Checkpoint, newest: Checkpoint): void {
  for (const { origin } of [seed, end]) {
    if (origin !== newest.origin) throw new Unreadable(`a note is of ${origin}, another log`);
  }
  if (end.size > newest.size) throw new Unreadable("the period ends after the log's newest entry");
  if (seed.size <= end.size) {
    throw new Unreadable(
      `the seed is a checkpoint of size ${seed.size}: it must be later than the period, which ends at ${end.size}`,
    );
  }
}

async function decisionsUntil(files: LogFiles, size: bigint, end: Checkpoint) {
  const decisions: Decision[] = [];
  await readEntries(files, size, end, ({ index, bytes, leaf }) => {
    const record = reading(files.name, () => parseRecord(bytes));
    if (record.type === "claim.decided") decisions.push({ index, leaf, record });
  });
  return decisions;
}

function show(
  terminal: Terminal,
  seed: Checkpoint,
  end: Checkpoint,
  population: number,
  sample: readonly Decision[],
): void {
  terminal.table(
    [
      { heading: "entry", align: "right" },
      { heading: "time", align: "left" },
      { heading: "claim", align: "left" },
      { heading: "version", align: "right" },
      { heading: "leaf", align: "left" },
    ],
    sample.map(({ index, leaf, record: { time, stream, version } }) => [
      grouped(index),
      time,
      stream,
      version.toString(),
      toHex(leaf),
    ]),
  );
  terminal.line();
  terminal.line(
    `${grouped(sample.length)} of ${grouped(population)} decisions in the first ${grouped(end.size)} entries, by the checkpoint of size ${grouped(seed.size)}`,
  );
  terminal.result({
    origin: end.origin,
    until: end.size.toString(),
    seed: { size: seed.size.toString(), root: toHex(seed.root) },
    population,
    sample: sample.map(({ index, leaf, record: { time, stream, version } }) => ({
      index: index.toString(),
      leafHash: toHex(leaf),
      stream,
      version: version.toString(),
      time,
    })),
  });
}
