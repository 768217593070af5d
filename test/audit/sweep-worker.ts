import { parentPort, workerData } from "node:worker_threads";
import { logSource } from "../../local/bundle/open.ts";
import { verifyLog } from "../../shared/audit/verify-log.ts";
import { assert } from "../../shared/base/malformed.ts";
import { type Files, origin } from "./bundle.ts";
import type { Swept } from "./swept-bundles.ts";

/** A bundle as a thread can be given it. */
export type SentBundle = Omit<Swept, "sweep">;

/** Some bytes of one file of one bundle; of none, what is found as the files are. */
export interface SweepTask {
  readonly bundle: string;
  readonly file: string;
  readonly places: readonly number[];
}

/** The places whose flip made no finding that was not there before, which are `known`: index, code and file of each. */
export interface SweepAnswer {
  readonly unseen: readonly number[];
  readonly known: readonly string[];
}

const bundles = workerData as ReadonlyMap<string, SentBundle>;
const known = new Map<string, readonly string[]>();

/** What an audit finds in a log whose manifest fits whatever stands there. */
async function findingsIn({ files, trust, key }: SentBundle): Promise<readonly string[]> {
  const bytesOf = (file: string) => files.get(file) ?? new Uint8Array();
  const source = logSource("acme", [...files.keys()].sort(), bytesOf, { key });
  const { findings } = await verifyLog(source, origin, trust, () => undefined);
  return findings.map(({ index, code, file }) => `${index ?? "-"} ${code} ${file ?? "-"}`);
}

/** `bytes` with one bit of the byte at `at` another: never the highest, which would only be no UTF-8. */
function flipped(bytes: Uint8Array, at: number): Uint8Array {
  return bytes.with(at, (bytes[at] ?? 0) ^ (1 << ((5 * at + bytes.length) % 7)));
}

async function sweep({ bundle, file, places }: SweepTask): Promise<SweepAnswer> {
  const sent = bundles.get(bundle);
  assert(sent !== undefined, `there is a bundle ${bundle}`);
  const before = known.get(bundle) ?? (await findingsIn(sent));
  known.set(bundle, before);
  const bytes = sent.files.get(file) ?? new Uint8Array();
  const unseen: number[] = [];
  for (const at of places) {
    const files: Files = new Map(sent.files).set(file, flipped(bytes, at));
    const found = await findingsIn({ ...sent, files });
    if (found.every((each) => before.includes(each))) unseen.push(at);
  }
  return { unseen, known: before };
}

parentPort?.on("message", async (task: SweepTask) => parentPort?.postMessage(await sweep(task)));
