import { committedEntries } from "../../functions/adapters/postgres/publishing.ts";
import { tlogEngine } from "../../functions/adapters/tlog/engine.ts";
import { httpWitnesses } from "../../functions/adapters/witness/http-witnesses.ts";
import { advance, type LogPorts } from "../../functions/publisher/advance.ts";
import { advanceJournal } from "../../functions/publisher/advance-journal.ts";
import type { LogAlarm } from "../../functions/publisher/alarm.ts";
import { type LoopOptions, runLoops, runSteps } from "../../functions/publisher/loops.ts";
import type { Witnessing } from "../../functions/publisher/ports.ts";
import { wakeUp } from "../../functions/publisher/wake-up.ts";
import { witnessingOf } from "../../functions/publisher/witnessing.ts";
import type { Trail } from "../../functions/sequencer/trail.ts";
import { signingGate } from "../../functions/signer/core.ts";
import { dayOf } from "../../shared/base/day.ts";
import type { PolicyWitness } from "../../shared/log/policy.ts";
import type { Connections } from "./connect.ts";
import { journalPorts, settleJournal } from "./journal.ts";
import { logKeys } from "./open-log.ts";
import { ledgerName } from "./qldb.ts";

/** The ledger side of a platform: sequencer, signer and publisher as loops in this thread. */
export interface Ledger {
  wake(): void;
  /** Advances each log until nothing waits and its newest entry is published. Throws where a log raised an alarm. */
  drain(insurers: readonly string[], progress: () => void): Promise<void>;
  stop(): Promise<void>;
}

/** How often a log gets a checkpoint at most. */
export interface LedgerOptions {
  readonly intervalMs?: number;
  readonly sweepMs?: number;
  /** Told of each batch that was placed and each checkpoint that was published. */
  readonly trail?: Trail;
  /** Runs each step of a log. */
  readonly within?: <T>(step: () => Promise<T>) => Promise<T>;
}

/** The ports of one log's walk: the engine as sequencer, the gate with its own store, the published folder. */
export function logPorts(services: Connections): LogPorts {
  const { pools, ports, checkpointKeys, published, signed } = services;
  const engine = tlogEngine({ pool: pools.sequencer, clock: ports.clock });
  return {
    engine,
    gate: signingGate({
      store: signed,
      keys: checkpointKeys,
      extend: engine.extend,
      originOf: ports.originOf,
      clock: ports.clock,
    }),
    committed: committedEntries(pools.publisher),
    published,
    live: published,
    ...(services.rebuildable && { sealed: services.sealed }),
    logKeys: (insurer) => logKeys(services, insurer),
    today: () => dayOf(ports.clock()),
    ...(services.witness && { witnessing: cosignedBy(services.witness, services) }),
  };
}

/** A witness on this machine that takes longer than this does not answer. */
const witnessPatienceMs = 5_000;

const cosignedBy = (
  { line }: { readonly line: PolicyWitness },
  { signed }: Connections,
): Witnessing =>
  witnessingOf(
    httpWitnesses({ witnesses: [line], groups: [], quorum: line.name }, witnessPatienceMs),
    signed,
  );

/** Starts the loops over all insurers; an alarm stops its log and is told to `log`. */
export function startLedger(
  services: Connections,
  insurers: () => Promise<readonly string[]>,
  log: (line: string) => void,
  { trail, ...options }: LedgerOptions = {},
): Ledger {
  const wake = wakeUp();
  const stopping = new AbortController();
  const walk = services.qldb
    ? walkOfJournal(services, insurers, trail)
    : walkOfLogs(services, insurers, trail);
  const running = walk.run({
    wake,
    stop: stopping.signal,
    onAlarm: (insurer, alarm) => log(alarmText(insurer, alarm)),
    onOutage: (insurer, outage) => log(`${insurer}: ${outage.message}; trying again`),
    ...options,
  });
  return {
    wake: () => wake.wake(),
    drain: async (all, progress) => {
      for (const insurer of all) {
        await walk.settle(insurer);
        progress();
      }
    },
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
}

interface Walk {
  run(options: Omit<LoopOptions, "insurers">): Promise<void>;
  settle(insurer: string): Promise<void>;
}

function walkOfLogs(
  services: Connections,
  insurers: LoopOptions["insurers"],
  trail: Trail | undefined,
): Walk {
  const ports = { ...logPorts(services), ...(trail && { trail }) };
  return {
    run: (options) => runLoops(ports, { ...options, insurers }),
    settle: (insurer) => settle(ports, insurer),
  };
}

/** All logs are in one ledger, whose digest is the one thing that is signed. */
function walkOfJournal(
  services: Connections,
  insurers: LoopOptions["insurers"],
  trail: Trail | undefined,
): Walk {
  const ports = { ...journalPorts(services, insurers), ...(trail && { trail }) };
  const ledgers = async () => [ledgerName];
  return {
    run: (options) => runSteps(() => advanceJournal(ports), { ...options, insurers: ledgers }),
    settle: () => settleJournal(ports, (alarm) => new Error(alarmText(ledgerName, alarm))),
  };
}

/** The line a person reads of an alarm. */
export const alarmText = (insurer: string, { alarm, detail }: LogAlarm): string =>
  `ALARM ${insurer}: ${alarm}: ${detail} (docs/operating.md says what to do)`;

async function settle(ports: LogPorts, insurer: string): Promise<void> {
  for (;;) {
    const step = await advance(ports, insurer);
    if ("alarm" in step) throw new Error(alarmText(insurer, step));
    const digest = await ports.engine.digest(insurer);
    if (step.placed === 0 && digest?.size === step.size) return;
  }
}
