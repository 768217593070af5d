import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { closeFor, parseKey } from "../../../functions/auditor/envelope.ts";
import { exportJournal } from "../../../functions/auditor/export-journal.ts";
import { exportBeside, exportLog } from "../../../functions/auditor/export-log.ts";
import { signedSize } from "../../../functions/command/signed-size.ts";
import { Unavailable } from "../../../shared/ports/unavailable.ts";
import { closeBundle, FolderTaken, prepareFolder } from "../../bundle/folder.ts";
import { isSimulated } from "../../bundle/simulated.ts";
import { writerInto } from "../../bundle/writer.ts";
import type { AuditorAccess } from "../../platform/auditor-access.ts";
import { grouped } from "../../terminal/amount.ts";
import { platformFolder } from "../../terminal/platform-folder.ts";
import { reading, Unreadable } from "../../terminal/reading.ts";
import type { Terminal } from "../../terminal/terminal.ts";
import { exits, Misused, verb } from "../../terminal/verb.ts";
import { openPlatform } from "../open-platform.ts";

/** `audit export --out DIR`: an audit bundle of a platform of this machine, its openings closed for one auditor. */
export const exportVerb = verb({
  name: "export",
  usage: [
    "export --out DIR --to KEY.pub.jwk [--insurer ID]... [--data FOLDER] [--json]",
    "export --out DIR --plain [--yes-personal-data] [--insurer ID]... [--data FOLDER] [--json]",
  ],
  options: {
    out: { type: "string" },
    to: { type: "string" },
    plain: { type: "boolean" },
    "yes-personal-data": { type: "boolean" },
    insurer: { type: "string", multiple: true },
    data: { type: "string", default: platformFolder },
  },
  operands: [0, 0],
  run: async (terminal, given, _, env) => {
    const { to, plain = false, insurer: wanted = [], data = platformFolder } = given;
    if (given.out === undefined) throw new Misused("export needs --out DIR");
    const out = resolve(given.out);
    if ((to === undefined) !== plain) {
      throw new Misused("name the auditor's public key by --to, or write openings --plain");
    }
    const key = to && reading(to, () => parseKey(readFileSync(to), "public"));
    const access = await openPlatform(terminal, data, env);
    try {
      const insurers = await chosen(access, wanted);
      if (plain && !given["yes-personal-data"]) await requireSimulated(access, insurers);
      const close = key ? (bytes: Uint8Array) => closeFor(key, bytes) : undefined;
      const written = await write(
        terminal,
        { ...access, ...(close ? { close } : {}) },
        insurers,
        out,
      );
      show(terminal, out, written, key ? key.kid : undefined);
      return exits.ok;
    } finally {
      await access.stop();
    }
  },
});

async function chosen(
  access: AuditorAccess,
  wanted: readonly string[],
): Promise<readonly string[]> {
  const insurers = await access.insurers().catch((error: unknown) => {
    throw error instanceof Unavailable ? new Unreadable(error.message) : error;
  });
  if (access.journal && wanted.length > 0) {
    throw new Unreadable(
      "This platform's ledger is QLDB, one journal of all insurers: it is exported whole, without --insurer.",
    );
  }
  const unknown = wanted.find((insurer) => !insurers.includes(insurer));
  if (unknown !== undefined)
    throw new Unreadable(`there is no insurer ${unknown}; there are ${insurers.join(", ")}`);
  return wanted.length > 0 ? wanted : insurers;
}

async function requireSimulated(access: AuditorAccess, insurers: readonly string[]): Promise<void> {
  for (const insurer of insurers) {
    if (await isSimulated(access.rows, insurer)) continue;
    throw new Unreadable(
      `The log of ${insurer} is about real persons: --plain would write their data unencrypted. Close it for the auditor by --to KEY, or add --yes-personal-data.`,
    );
  }
}

async function write(
  terminal: Terminal,
  access: AuditorAccess,
  insurers: readonly string[],
  out: string,
): Promise<ReadonlyMap<string, number>> {
  const { journal } = access;
  try {
    prepareFolder(out, journal ? [...insurers, journal.ledger] : insurers);
  } catch (error) {
    throw error instanceof FolderTaken ? new Unreadable(error.message) : error;
  }
  const into = writerInto(out);
  const blocks = journal && (await exportJournal(access.published, journal.ledger, into));
  const written = new Map<string, number>();
  for (const insurer of insurers) {
    const size =
      journal && blocks !== undefined
        ? await journal.placedWithin(insurer, blocks)
        : await signedSize(access.published, insurer);
    const bar = terminal.progress(insurer, Number(size));
    const grow = (some: number): void => bar.advance(some);
    const entries = journal
      ? await exportBeside(access, insurer, size, into, grow)
      : await exportLog(access, insurer, into, grow);
    bar.stop();
    if (entries > 0) written.set(insurer, entries);
  }
  closeBundle(out);
  return written;
}

function show(
  terminal: Terminal,
  out: string,
  written: ReadonlyMap<string, number>,
  kid: string | undefined,
): void {
  terminal.table(
    [
      { heading: "log", align: "left" },
      { heading: "entries", align: "right" },
    ],
    [...written].map(([insurer, entries]) => [insurer, grouped(entries)]),
  );
  terminal.line();
  terminal.line(`${out}: ${kid ? `openings closed for key ${kid}` : "openings in plain"}`);
  const logs = [...written].map(([insurer, entries]) => ({ insurer, entries }));
  terminal.result({ out, logs, closedFor: kid ?? null });
}
