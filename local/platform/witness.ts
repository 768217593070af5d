import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import type { Readable, Writable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseVerifierKey } from "../../shared/log/key.ts";
import type { PolicyWitness } from "../../shared/log/policy.ts";
import { StartFailure } from "../postgres/start-failure.ts";

/** How to run a witness beside a platform. */
export interface WitnessPlace {
  /** Its own folder: key and state. */
  readonly folder: string;
  /** The folder of the trust policies that name its logs; they may be written later. */
  readonly policies: string;
  readonly log: (line: string) => void;
}

/** A witness that runs as a process of its own. */
export interface LocalWitness {
  /** Its line of a trust policy; the URL stays the same when the process is started again. */
  readonly line: PolicyWitness;
  stop(): Promise<void>;
}

type Child = ChildProcessByStdio<Writable, Readable, Readable>;

/** Its name in a policy, and its key's. */
const policyName = "local";
const keyName = "witness.countersign.example";

/** A witness whose parent was killed ends within moments: until then its folder is taken. */
const startAttempts = 10;
const betweenMs = 300;
/** Time to end by itself. */
const patienceMs = 5_000;

const program = fileURLToPath(new URL("../witness/main.ts", import.meta.url));

/** Starts a witness and starts it again whenever it dies, until it is stopped. Throws StartFailure. */
export async function startWitness(place: WitnessPlace): Promise<LocalWitness> {
  mkdirSync(place.policies, { recursive: true });
  let stopped = false;
  const first = await started(place, "0");
  const { port } = new URL(first.url);
  let { child } = first;
  const tend = async (): Promise<void> => {
    while (!stopped) {
      if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
      if (stopped) return;
      place.log("the witness died and is started again");
      await sleep(betweenMs);
      try {
        if (!stopped) child = (await started(place, port)).child;
      } catch (error) {
        if (!(error instanceof StartFailure)) throw error;
        place.log(error.message);
      }
    }
  };
  const tending = tend();
  return {
    line: { name: policyName, key: parseVerifierKey(first.verifierKey), url: first.url },
    stop: async () => {
      stopped = true;
      await ended(child);
      await tending;
      await ended(child);
    },
  };
}

interface Started {
  readonly child: Child;
  readonly url: string;
  readonly verifierKey: string;
}

async function started(place: WitnessPlace, port: string): Promise<Started> {
  let why = "";
  for (let attempt = 1; attempt <= startAttempts; attempt++) {
    const child = spawned(place, port);
    const complaints: string[] = [];
    child.stderr.setEncoding("utf8").on("data", (text: string) => complaints.push(text));
    const said = await Promise.race([once(child.stdout, "data"), once(child, "exit")]);
    if (child.exitCode === null && child.signalCode === null) {
      child.stderr.removeAllListeners("data").on("data", (text: string) => place.log(text.trim()));
      return { child, ...(JSON.parse(String(said[0])) as Omit<Started, "child">) };
    }
    why = complaints.join("").trim();
    await sleep(betweenMs);
  }
  throw new StartFailure(`The witness did not start: ${why}`);
}

/** In a process group of its own, so that Ctrl-C reaches the platform alone, which stops it last; it ends with its standard input. */
function spawned({ folder, policies }: WitnessPlace, port: string): Child {
  const where = ["--policy", policies, "--state", folder, "--port", port, "--name", keyName];
  return spawn(
    process.execPath,
    [...process.execArgv, program, ...where, "--json", "--until-stdin-ends"],
    { stdio: ["pipe", "pipe", "pipe"], detached: true },
  );
}

async function ended(child: Child): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, "exit");
  child.stdin.end();
  const late = setTimeout(() => child.kill("SIGKILL"), patienceMs);
  await gone;
  clearTimeout(late);
}
