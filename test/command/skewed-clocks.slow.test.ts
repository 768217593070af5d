import { afterAll, beforeAll, expect, test } from "@jest/globals";
import fc from "fast-check";
import { openPool, type Pool } from "../../functions/adapters/postgres/pool.ts";
import { tlogEngine } from "../../functions/adapters/tlog/engine.ts";
import { adjudicateWaiting } from "../../functions/adjudicator/core.ts";
import { decide } from "../../functions/command/decide.ts";
import { newHandle } from "../../functions/command/handle.ts";
import { submit } from "../../functions/command/submit.ts";
import { addPolicy, type OperatorPorts, setBands } from "../../functions/operator/core.ts";
import { isRefusal } from "../../shared/base/refusal.ts";
import type { LedgerEngine } from "../../shared/ports/ledger.ts";
import type { Store, StoreTransaction, WriteSet } from "../../shared/ports/store.ts";
import {
  callerOf,
  openInsurer,
  random,
  rulingOf,
  somebody,
  startPlatform,
  submissionOf,
  type TestPlatform,
  usd,
} from "./platform.ts";

/*
 * Writers whose clocks are minutes apart read each other's streams and rows, while the log is sequenced at any moment: whatever a command read stands
 * before what it wrote, so every prefix of the log is causally closed.
 */
let platform: TestPlatform;
let owner: Pool;
let engine: LedgerEngine;
beforeAll(async () => {
  platform = await startPlatform();
  owner = openPool({ url: platform.superuserUrl, max: 1 });
  const pool = openPool({ url: platform.url("sequencer"), max: 2 });
  const clock = platform.ports.clock;
  engine = { ...tlogEngine({ pool, clock }), ended: () => pool.end() } as LedgerEngine;
});
afterAll(async () => {
  await (engine as LedgerEngine & { ended(): Promise<void> }).ended();
  await owner.end();
  await platform.close();
});

/** What was read and written, by row and version: `accumulator <subject> <version>` or `<stream> <version>`. */
class Causes {
  /** The event that wrote a row's version. */
  readonly writer = new Map<string, string>();
  /** Per event the rows its command had read. */
  readonly read = new Map<string, readonly string[]>();

  /** `store`, noting what each transaction reads and what it committed. */
  watching(store: Store): Store {
    return {
      ...store,
      transaction: async (insurer, body) => {
        const read: string[] = [];
        let written: WriteSet | undefined;
        const result = await store.transaction(insurer, (on) =>
          body(
            this.#noting(on, read, (set) => {
              written = set;
            }),
          ),
        );
        if (written) this.#committed(written, read);
        return result;
      },
    };
  }

  #noting(on: StoreTransaction, read: string[], write: (set: WriteSet) => void): StoreTransaction {
    return {
      ...on,
      streams: async (kind, streams) => {
        const rows = await on.streams(kind, streams);
        read.push(...rows.map(({ stream, version }) => `${stream} ${version}`));
        return rows;
      },
      insurer: async () => {
        const row = await on.insurer();
        if (row) read.push(`${row.stream} ${row.version}`);
        return row;
      },
      accumulators: async (subjects) => {
        const rows = await on.accumulators(subjects);
        read.push(...rows.map(({ subject, version }) => `accumulator ${subject} ${version}`));
        return rows;
      },
      write: (set) => {
        write(set);
        return on.write(set);
      },
    };
  }

  #committed(set: WriteSet, read: readonly string[]): void {
    for (const { eventId, stream, version } of set.outbox) {
      this.writer.set(`${stream} ${version}`, eventId);
      this.read.set(eventId, read);
    }
    const last = set.outbox.at(-1)?.eventId;
    for (const { subject, version } of set.accumulators) {
      if (last) this.writer.set(`accumulator ${subject} ${version}`, last);
    }
  }
}

const minuteUs = 60_000_000n;
const act = fc.record({
  writer: fc.nat(2),
  does: fc.constantFrom("submit", "submit", "adjudicate", "rule", "policy", "bands", "sequence"),
});
/** How many minutes each writer's clock is off, and what they do, up to three at the same time. */
const story = fc.record({
  minutes: fc.tuple(...[0, 1, 2].map(() => fc.integer({ min: -30, max: 30 }))),
  turns: fc.array(fc.array(act, { minLength: 1, maxLength: 3 }), { minLength: 4, maxLength: 9 }),
});
type Act = typeof act extends fc.Arbitrary<infer T> ? T : never;

/** One insurer, its writers with their clocks, and everything they may do. */
async function cast(insurer: string, minutes: readonly number[], causes: Causes) {
  const store = causes.watching(platform.ports.store);
  const writers = minutes.map((off): OperatorPorts => {
    const clock = () => platform.ports.clock() + BigInt(off) * minuteUs;
    return { ...platform.ports, store, clock };
  });
  const opened = await openInsurer({ ...platform.ports, store }, { insurer, limit: null });
  const claimant = callerOf(insurer, "claimant", opened.insured);
  const adjuster = callerOf(insurer, "adjuster");
  const policies = [opened.policy];
  const any = <T>(list: readonly T[]): T => list[(random(1)[0] ?? 0) % list.length] as T;
  const doing: Record<Act["does"], (ports: OperatorPorts) => Promise<unknown>> = {
    submit: (ports) => {
      const idempotency = { key: newHandle(random), fingerprint: random(32) };
      const submission = submissionOf(any(policies), 1_000n);
      return submit(ports, claimant, submission, idempotency, ports.clock());
    },
    adjudicate: (ports) => adjudicateWaiting(ports, insurer, 3, 2),
    rule: async (ports) => {
      const [claim] = await ports.store.waiting(insurer, "claim", "referred", 1);
      return claim && decide(ports, adjuster, claim, rulingOf(), {}, ports.clock());
    },
    policy: async (ports) => {
      const policy = newHandle(random);
      const now = ports.clock();
      const issued = await addPolicy(ports, insurer, policy, opened.terms, {
        kind: "machine",
        now,
      });
      if (!isRefusal(issued)) policies.push(policy);
    },
    bands: (ports) => {
      const bands = {
        currency: "USD" as const,
        bands: [{ upTo: usd(1_000_000n).minor, approvers: 0n }],
      };
      return setBands(ports, insurer, bands, { ...somebody(), now: ports.clock() });
    },
    sequence: () => engine.sequence(insurer),
  };
  return ({ writer, does }: Act) => doing[does](writers[writer] as OperatorPorts);
}

let run = 0;
test("every prefix of the log is causally closed, however far the writers' clocks are apart", async () => {
  let [edges, backwards] = [0, 0];
  await fc.assert(
    fc.asyncProperty(story, async ({ minutes, turns }) => {
      const insurer = `skew-${run++}`;
      const causes = new Causes();
      const perform = await cast(insurer, minutes, causes);
      for (const turn of turns) await Promise.all(turn.map(perform));
      while ((await engine.sequence(insurer)).length > 0);
      const { rows } = await owner.query<{ idx: bigint; event_id: string }>(
        "SELECT idx, event_id FROM entry WHERE insurer = $1",
        [insurer],
      );
      const position = new Map(rows.map(({ idx, event_id }) => [event_id, idx]));
      expect(position.size).toBe(causes.read.size);
      for (const [event, read] of causes.read) {
        for (const row of read) {
          const cause = causes.writer.get(row);
          const [before, after] = [position.get(cause ?? ""), position.get(event)];
          if (before === undefined || after === undefined || before >= after) {
            throw new Error(`entry ${after} read ${row}, which stands at ${before}`);
          }
          edges++;
        }
      }
      if (new Set(minutes).size > 1) backwards++;
    }),
    { numRuns: 20 },
  );
  expect(Math.min(edges, backwards)).toBeGreaterThan(0);
});
