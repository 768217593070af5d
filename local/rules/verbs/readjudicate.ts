import { openStream } from "../../../functions/command/rows.ts";
import type { OperatorPorts } from "../../../functions/operator/core.ts";
import { type Readjudicated, readjudicate } from "../../../functions/operator/readjudicate.ts";
import type { Handle } from "../../../shared/base/handle.ts";
import { isRefusal } from "../../../shared/base/refusal.ts";
import type { PackState } from "../../../shared/policy/pack.ts";
import { Unavailable } from "../../../shared/ports/unavailable.ts";
import { openOperator } from "../../platform/open-operator.ts";
import { grouped } from "../../terminal/amount.ts";
import { platformFolder } from "../../terminal/platform-folder.ts";
import { Unreadable } from "../../terminal/reading.ts";
import type { Terminal } from "../../terminal/terminal.ts";
import { exits, Misused, verb } from "../../terminal/verb.ts";

/** `rules readjudicate`: the newest version of a pack decides again what an older one referred. */
export const readjudicateVerb = verb({
  name: "readjudicate",
  usage: ["readjudicate --insurer ID --pack ID [--data FOLDER] [--json]"],
  options: { insurer: { type: "string" }, pack: { type: "string" }, data: { type: "string" } },
  operands: [0, 0],
  run: async (terminal, { insurer, pack, data = platformFolder }, _, env) => {
    if (insurer === undefined || pack === undefined) {
      throw new Misused("readjudicate needs --insurer ID and --pack ID");
    }
    const { ports, stop } = await openOperator(terminal, data, env);
    try {
      const stream = await packNamed(ports, insurer, pack);
      const done = await decideAgain(terminal, ports, insurer, stream);
      const { version, decided, left } = done;
      const { PAY, PAY_PART, REFER } = decided;
      const all = grouped(PAY + PAY_PART + REFER);
      terminal.line(
        `${pack} version ${version}: ${all} claims decided again (${PAY} PAY, ${PAY_PART} PAY_PART, ${REFER} REFER), ${grouped(left)} left alone`,
      );
      terminal.result({ insurer, pack, stream, version: version.toString(), decided, left });
      return exits.ok;
    } catch (error) {
      if (!(error instanceof Unavailable)) throw error;
      terminal.complain(`${error.message}: some claims are not decided again yet; run it again`);
      return exits.found;
    } finally {
      await stop();
    }
  },
});

/** The stream of the pack whose id is `id`. Throws Unreadable where the insurer, or such a pack, is not there. */
async function packNamed(ports: OperatorPorts, insurer: string, id: string): Promise<Handle> {
  const { store } = ports;
  if (!(await store.insurers()).includes(insurer)) {
    throw new Unreadable(`there is no insurer ${insurer}`);
  }
  const streams = await store.packs(insurer);
  const rows = await store.read(insurer, (on) => on.streams("pack", streams));
  for (const row of rows) {
    const slot = await openStream(ports, insurer, row);
    if ((slot?.state as PackState | undefined)?.pack === id) return row.stream;
  }
  throw new Unreadable(`${insurer} has published no pack ${id}`);
}

async function decideAgain(
  terminal: Terminal,
  ports: OperatorPorts,
  insurer: string,
  pack: Handle,
): Promise<Readjudicated> {
  const bar = terminal.progress("referred", await ports.store.claimsIn(insurer, "referred"));
  const progress = (): void => bar.advance();
  const done = await readjudicate(ports, insurer, pack, { progress }).finally(() => bar.stop());
  if (isRefusal(done)) throw new Unreadable(done.detail);
  return done;
}
