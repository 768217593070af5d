import { Malformed } from "../../../shared/base/malformed.ts";
import { CannotListen } from "../../gateway/listen.ts";
import { StartFailure } from "../../postgres/start-failure.ts";
import type { Terminal } from "../../terminal/terminal.ts";
import { exits, Misused, verb } from "../../terminal/verb.ts";
import { type RunningWitness, runWitness, type WitnessOptions } from "../../witness/run.ts";

/**
 * `audit witness --policy FILE|DIR --state DIR --port N`: cosigns what the logs of the policy ask for (C2SP tlog-witness) until it is stopped,
 * by a signal or, if asked, by the end of its standard input, so that it does not outlive a parent that was killed.
 */
export const witnessVerb = verb({
  name: "witness",
  usage: [
    "witness --policy FILE|DIR --state DIR --port N [--name NAME] [--until-stdin-ends] [--json]",
  ],
  options: {
    policy: { type: "string" },
    state: { type: "string" },
    port: { type: "string" },
    name: { type: "string" },
    "until-stdin-ends": { type: "boolean" },
  },
  operands: [0, 0],
  run: async (terminal, { policy, state, port = "", name, "until-stdin-ends": untilEnd }) => {
    if (policy === undefined || state === undefined) {
      throw new Misused("witness needs --policy FILE|DIR and --state DIR");
    }
    if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) {
      throw new Misused("witness needs --port N, a number up to 65535 (0: any free one)");
    }
    const stopped = stopAsked(untilEnd === true);
    const complain = (line: string): void => terminal.complain(`witness: ${line}`);
    const options = { policy, folder: state, port: Number(port), name, complain };
    const witness = await start(terminal, options);
    if (witness === undefined) return exits.usage;
    await stopped;
    await witness.stop();
    return exits.ok;
  },
});

async function start(
  terminal: Terminal,
  options: WitnessOptions,
): Promise<RunningWitness | undefined> {
  try {
    const witness = await runWitness(options);
    const { url, verifierKey } = witness;
    terminal.line(`witness at ${url} (Ctrl-C stops it)`);
    terminal.line(`its key, for a trust policy: ${verifierKey}`);
    terminal.result({ url, verifierKey });
    return witness;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const kinds = [Malformed, CannotListen, StartFailure];
    if (!kinds.some((kind) => error instanceof kind) && !("syscall" in error)) throw error;
    terminal.complain(error.message);
    return undefined;
  }
}

function stopAsked(untilStdinEnds: boolean): Promise<void> {
  return new Promise((resolve) => {
    const stop = (): void => resolve();
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, stop);
    if (untilStdinEnds) process.stdin.resume().once("close", stop).once("end", stop);
  });
}
