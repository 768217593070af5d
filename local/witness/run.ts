import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { Malformed } from "../../shared/base/malformed.ts";
import { formatVerifierKey, type VerifierKey } from "../../shared/log/key.ts";
import { Unavailable } from "../../shared/ports/unavailable.ts";
import { readTrusts } from "../bundle/trust.ts";
import { folderStore } from "../objects/folder.ts";
import { lockFolder } from "../postgres/lock.ts";
import { witnessKey } from "./key.ts";
import { serveWitness } from "./serve.ts";

/** How to run a witness. */
export interface WitnessOptions {
  /** A trust policy, or a folder of them: the logs it names are the logs that are known. Read again for each request. */
  readonly policy: string;
  /** The witness's key and the last checkpoint it cosigned of each log. */
  readonly folder: string;
  /** 0: any free one. */
  readonly port: number;
  /** The key's name, when it is made. */
  readonly name: string | undefined;
  readonly complain: (line: string) => void;
}

/** A running witness. */
export interface RunningWitness {
  readonly url: string;
  readonly verifierKey: string;
  stop(): Promise<void>;
}

/**
 * Runs a witness of this machine until it is stopped. Throws Malformed for a policy or key that can't be read, StartFailure where another
 * process uses the folder, CannotListen.
 */
export async function runWitness(options: WitnessOptions): Promise<RunningWitness> {
  const { policy, folder, complain } = options;
  logKeys(policy);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const release = lockFolder(folder);
  try {
    const cosigner = witnessKey(folder, options.name);
    const ports = {
      state: folderStore(join(folder, "state")),
      cosigner,
      keysOf: (origin: string) => keysNow(policy).filter(({ name }) => name === origin),
      now: () => BigInt(Math.floor(Date.now() / 1_000)),
    };
    const server = await serveWitness(ports, options.port, complain);
    const stop = async (): Promise<void> => {
      await server.stop();
      release();
    };
    return { url: server.url, verifierKey: formatVerifierKey(cosigner.key), stop };
  } catch (error) {
    release();
    throw error;
  }
}

/** The keys of all logs that the policies name. */
const logKeys = (policy: string): VerifierKey[] =>
  [...readTrusts(policy).values()].flatMap((trust) => trust.policy.logs.map(({ key }) => key));

function keysNow(policy: string): VerifierKey[] {
  try {
    return logKeys(policy);
  } catch (error) {
    if (!(error instanceof Malformed) && !(error instanceof Error && "syscall" in error))
      throw error;
    throw new Unavailable("witness", `its trust policy can't be read: ${error.message}`);
  }
}
