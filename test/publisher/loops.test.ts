import { afterEach, beforeEach, expect, test } from "@jest/globals";
import type { LogAlarm } from "../../functions/publisher/alarm.ts";
import { type LoopOptions, runLoops } from "../../functions/publisher/loops.ts";
import { wakeUp } from "../../functions/publisher/wake-up.ts";
import type { ObjectStore } from "../../shared/ports/objects.ts";
import { Unavailable } from "../../shared/ports/unavailable.ts";
import { sampleRecords } from "../sequencer/sample-log.ts";
import { type PublishedLog, publishedLog } from "./published-log.ts";

const names = ["acme", "beta", "zeta"];
let log: PublishedLog;
beforeEach(async () => {
  log = await publishedLog(...names);
});
afterEach(() => log.close());

/** Loops that run until `until` holds, at most 10 s; gives what they said. */
async function loop(
  until: () => Promise<boolean>,
  options: Partial<LoopOptions> = {},
  published = log.published,
) {
  const stop = new AbortController();
  const alarms: [string, LogAlarm][] = [];
  const outages: Unavailable[] = [];
  const running = runLoops(log.over({ published }), {
    insurers: async () => names,
    wake: wakeUp(),
    stop: stop.signal,
    onAlarm: (insurer, alarm) => alarms.push([insurer, alarm]),
    onOutage: (_, outage) => outages.push(outage),
    intervalMs: 20,
    sweepMs: 50,
    ...options,
  });
  const deadline = Date.now() + 60_000;
  while (!(await until()) && Date.now() < deadline)
    await new Promise((done) => setTimeout(done, 10));
  stop.abort();
  await running;
  return { alarms, outages };
}

const shows = async (insurer: string, size: number) =>
  (await log.published.get(`${insurer}/checkpoints/${size}`)) !== undefined;

test("every log reaches its checkpoint, new insurers join, and stopping ends all", async () => {
  const insurers = ["acme", "beta"];
  for (const name of names) await log.submit(sampleRecords(5, 0, name), name);
  const { alarms } = await loop(
    async () => {
      if (await shows("beta", 5)) insurers.push("zeta");
      return shows("zeta", 5);
    },
    { insurers: async () => [...new Set(insurers)], atOnce: 1 },
  );
  expect(alarms).toEqual([]);
  expect(await shows("acme", 5)).toBe(true);
});

test("an alarm stops its log only", async () => {
  for (const name of names) await log.submit(sampleRecords(5, 0, name), name);
  await log.signed.delete("beta/latest");
  const { alarms } = await loop(async () => (await shows("acme", 5)) && (await shows("zeta", 5)));
  expect(alarms.map(([insurer, { alarm }]) => [insurer, alarm])).toEqual([["beta", "no-state"]]);
  expect(await shows("beta", 5)).toBe(false);
});

test("an outage is told, and the log goes on when it is over", async () => {
  let failures = 3;
  const flaky: ObjectStore = {
    ...log.published,
    putIfAbsent: async (key, bytes) => {
      if (failures-- > 0) throw new Unavailable("test", "is down");
      return log.published.putIfAbsent(key, bytes);
    },
  };
  await log.submit(sampleRecords(5));
  const { alarms, outages } = await loop(() => shows("acme", 5), {}, flaky);
  expect(alarms).toEqual([]);
  expect(outages.length).toBeGreaterThan(0);
  expect(await shows("acme", 5)).toBe(true);
});

test("a log that rests takes its step as soon as it is woken", async () => {
  const wake = wakeUp();
  let submitted = false;
  const start = Date.now();
  await loop(
    async () => {
      if (!submitted && Date.now() > start + 300) {
        await log.submit(sampleRecords(1));
        submitted = true;
        wake.wake();
      }
      return shows("acme", 1);
    },
    { wake, intervalMs: 60_000, sweepMs: 60_000 },
  );
  expect(await shows("acme", 1)).toBe(true);
});

test("checkpoints of a log that never rests keep their distance", async () => {
  const intervalMs = 150;
  const notes = async (): Promise<number> => {
    let signed = 0;
    for await (const _ of log.signed.list("acme/notes/")) signed += 1;
    return signed;
  };
  const wake = wakeUp();
  const start = performance.now();
  let n = 0;
  await loop(
    async () => {
      await log.submit(sampleRecords(1, n++));
      wake.wake();
      return (await notes()) >= 4;
    },
    { wake, intervalMs },
  );
  const most = 1 + (performance.now() - start) / intervalMs;
  expect(await notes()).toBeGreaterThanOrEqual(4);
  expect(await notes()).toBeLessThanOrEqual(most);
});
