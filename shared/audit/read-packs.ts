import { utf8 } from "../base/bytes.ts";
import { Malformed } from "../base/malformed.ts";
import { type CompiledPack, compilePack } from "../coverage/compile.ts";
import { packHash, parsePublishedPack } from "../coverage/pack.ts";
import { type Finding, finding } from "./finding.ts";
import type { LogSource } from "./source.ts";

/** The texts of a log's rule packs by their hashes; one that is not what its name hashes is a finding. */
export async function readPacks(
  source: LogSource,
  origin: string,
  findings: Finding[],
): Promise<ReadonlyMap<string, CompiledPack>> {
  const packs = new Map<string, CompiledPack>();
  for (const file of source.files()) {
    const hash = /^public\/packs\/([0-9a-f]{64})\.json$/.exec(file)?.[1];
    if (hash === undefined) continue;
    try {
      const pack = parsePublishedPack((await source.read(file)) ?? utf8(""));
      if (packHash(pack) !== hash) throw new Malformed(file, `hashes to ${packHash(pack)}`);
      packs.set(hash, compilePack(pack));
    } catch (error) {
      if (!(error instanceof Malformed)) throw error;
      findings.push(
        finding(origin, "pack-differs", { file }, "the pack its name hashes", error.message),
      );
    }
  }
  return packs;
}
