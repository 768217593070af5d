import type { Instant } from "../../shared/base/instant.ts";
import { partClasses } from "../../shared/base/part-class.ts";
import { isRefusal, type Refusal, refuse } from "../../shared/base/refusal.ts";
import type { CompiledPack } from "../../shared/coverage/compile.ts";
import type { PartCipher } from "../../shared/ports/cipher.ts";
import type { DataKeyContext } from "../../shared/ports/keys.ts";
import { LostRace, OutcomeUnknown, type Store } from "../../shared/ports/store.ts";
import { Unavailable } from "../../shared/ports/unavailable.ts";
import { formatPart, partContext } from "../../shared/record/part.ts";
import type { DraftPart } from "./draft.ts";
import { Erased } from "./erased.ts";
import { heldThroughout, MissingKeys, type PersonKeys } from "./person-keys.ts";
import { type Appended, type CommandTransaction, openTransaction } from "./transaction.ts";

/** What running a command takes. `originOf` is the log's name; `sleep` waits that many milliseconds. */
export interface CommandPorts {
  readonly store: Store;
  readonly keys: PersonKeys;
  readonly cipher: PartCipher;
  readonly packs: { load(insurer: string, hash: string): Promise<CompiledPack> };
  readonly originOf: (insurer: string) => string;
  readonly random: (bytes: number) => Uint8Array;
  readonly clock: () => Instant;
  readonly sleep: (ms: number) => Promise<void>;
}

const budgetMs = 5_000;
const firstPauseMs = 8;
const longestPauseMs = 400;

/**
 * Runs `body` in one transaction and commits what it appended; of a refusal only what it keeps under a key is written. Lost races start again within 5 s
 * (full jitter), a commit of unknown outcome is read back by event id first. What it appends carries `traceparent` to whoever publishes it. Throws Unavailable when the time is up or the store is.
 */
export async function commitCommand<T extends object>(
  ports: CommandPorts,
  insurerId: string,
  now: Instant,
  body: (transaction: CommandTransaction) => Promise<T | Refusal>,
  traceparent?: string,
): Promise<T | Refusal> {
  const deadline = ports.clock() + BigInt(budgetMs) * 1000n;
  const doubtful: Attempt<T>[] = [];
  let late = false;
  for (let attempt = 0; ; attempt++) {
    const made: Attempt<T> = { traceparent };
    try {
      const result = await attemptOnce(ports, insurerId, now, body, made);
      if (!isRefusal(result)) return result;
      return (await committedAfterAll(ports, insurerId, doubtful, deadline)) ?? result;
    } catch (error) {
      if (error instanceof MissingKeys) {
        await Promise.all([
          ...error.write.map((context) => ports.keys.obtain(context)),
          ...error.read.map((context) => ports.keys.find(context)),
          ...error.read.flatMap((context) =>
            partClasses
              .filter((part) => part !== context.class)
              .map((part) => ports.keys.prefetch({ ...context, class: part })),
          ),
        ]);
        // What was obtained only after the time was up is used once: a slow key service is no reason to refuse what it gave.
        if (late) throw new Unavailable("keys", "data keys can't be held");
        late = ports.clock() >= deadline;
        attempt--;
        continue;
      }
      if (error instanceof Erased) {
        const done = await committedAfterAll(ports, insurerId, doubtful, deadline);
        return done ?? refuse("erased", "The data of this person was erased.");
      }
      if (error instanceof OutcomeUnknown) doubtful.push(made);
      else if (!(error instanceof LostRace)) throw error;
      const done = await committedAfterAll(ports, insurerId, doubtful, deadline);
      if (done) return done;
    }
    if (ports.clock() >= deadline) throw new Unavailable("database", "too much contention");
    await ports.sleep(pauseMs(ports, attempt));
  }
}

interface Attempt<T> {
  readonly traceparent: string | undefined;
  result?: T | Refusal;
  eventId?: string;
}

async function attemptOnce<T extends object>(
  ports: CommandPorts,
  insurerId: string,
  now: Instant,
  body: (transaction: CommandTransaction) => Promise<T | Refusal>,
  made: Attempt<T>,
): Promise<T | Refusal> {
  return ports.store.transaction(insurerId, async (on) => {
    const keys = heldThroughout(ports.keys);
    const opened = openTransaction(on, insurerId, {
      origin: ports.originOf(insurerId),
      random: ports.random,
      keys,
      cipher: ports.cipher,
      packs: ports.packs,
    });
    const result = await body(opened.transaction);
    if (isRefusal(result)) {
      const { keeping: kept } = opened;
      if (kept) await on.write({ streams: [], accumulators: [], outbox: [], kept });
      return result;
    }
    if (!opened.writes) return result;
    requireKeys(keys, insurerId, opened.appended);
    const seal = (entry: Appended) =>
      entry.parts.map((part) => ({
        person: part.person,
        class: part.class,
        ciphertext: closePart({ ...ports, keys }, insurerId, entry, part),
      }));
    const set = opened.drain(now, seal, made.traceparent);
    made.result = result;
    const first = opened.appended[0];
    if (first) made.eventId = first.eventId;
    await on.write(set);
    return result;
  });
}

const contextOf = (insurer: string, part: DraftPart): DataKeyContext => ({
  insurer,
  person: part.person,
  class: part.class,
});

function requireKeys(keys: PersonKeys, insurer: string, appended: readonly Appended[]): void {
  const missing = new Map<string, DataKeyContext>();
  for (const part of appended.flatMap(({ parts }) => parts)) {
    const context = contextOf(insurer, part);
    if (!keys.held(context)) missing.set(`${part.person}/${part.class}`, context);
  }
  if (missing.size > 0) throw new MissingKeys([...missing.values()], []);
}

function closePart(
  ports: CommandPorts,
  insurer: string,
  entry: Appended,
  part: DraftPart,
): Uint8Array {
  const key = ports.keys.held(contextOf(insurer, part));
  if (!key || !entry.root) throw new Error("bug: a part without its key or root");
  const { origin, stream, version } = entry.record;
  const context = partContext(origin, stream, version, entry.root, part);
  return ports.cipher.encrypt(key, ports.random(12), context, formatPart(part.openings));
}

/** The result of an attempt that ended in doubt and was committed; asks until the store answers or the time is up. */
async function committedAfterAll<T>(
  ports: CommandPorts,
  insurerId: string,
  doubtful: readonly Attempt<T>[],
  deadline: Instant,
): Promise<T | Refusal | undefined> {
  for (const { result, eventId } of doubtful) {
    if (eventId && (await readBack(ports, insurerId, eventId, deadline))) return result;
  }
  return undefined;
}

async function readBack(
  ports: CommandPorts,
  insurerId: string,
  eventId: string,
  deadline: Instant,
): Promise<boolean> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await ports.store.committed(insurerId, eventId);
    } catch (error) {
      if (!(error instanceof Unavailable) || ports.clock() >= deadline) throw error;
      await ports.sleep(pauseMs(ports, attempt));
    }
  }
}

/** Full jitter: anything from nothing to the doubled pause. */
function pauseMs(ports: CommandPorts, attempt: number): number {
  const cap = Math.min(longestPauseMs, firstPauseMs * 2 ** Math.min(attempt, 10));
  return (cap * (ports.random(1)[0] ?? 0)) / 256;
}
