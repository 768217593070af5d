import { type ShadowedLog, shadowLog } from "../../../functions/shadow/shadow-log.ts";
import { checkPack } from "../../../shared/coverage/analysis/check-pack.ts";
import type { CompiledPack } from "../../../shared/coverage/compile.ts";
import { platformFolder } from "../../terminal/platform-folder.ts";
import { Unreadable } from "../../terminal/reading.ts";
import { exits, Misused, verb } from "../../terminal/verb.ts";
import { eachPastLog } from "../past-logs.ts";
import { shadowResult, showShadow } from "../show-shadow.ts";
import { packFile } from "./check.ts";

/** `rules shadow PACK`: which past decisions would come out otherwise under a pack, and by how much. */
export const shadowVerb = verb({
  name: "shadow",
  usage: ["shadow PACK [--from BUNDLE [--key FILE] | --data FOLDER] [--json]"],
  options: {
    from: { type: "string" },
    key: { type: "string" },
    data: { type: "string" },
  },
  operands: [1, 1],
  run: async (terminal, { from, key, data }, [file = ""], env) => {
    if (from !== undefined && data !== undefined) {
      throw new Misused("the past is in a bundle (--from) or in a platform's data (--data)");
    }
    const pack = runnable(file);
    const logs: ShadowedLog[] = [];
    const past = { from, key, data: data ?? platformFolder };
    await eachPastLog(terminal, past, env, async (log) => {
      const bar = terminal.progress(log.source.insurer, log.entries);
      logs.push(await shadowLog(log, pack, (entries) => bar.advance(entries)));
      bar.stop();
    });
    showShadow(terminal, pack, logs);
    terminal.result(shadowResult(pack, logs));
    return logs.some(({ shadow }) => shadow.changes.length > 0) ? exits.found : exits.ok;
  },
});

/** The pack in `file`, where nothing keeps it from being run. Throws Unreadable. */
function runnable(file: string): CompiledPack {
  const { compiled, findings } = checkPack(packFile(file));
  if (compiled) return compiled;
  const [first] = findings;
  const why = first ? `${first.where || "the pack"} ${first.message}` : "it can't be read";
  throw new Unreadable(`${file} can't be run: ${why} (npm run rules -- check ${file})`);
}
