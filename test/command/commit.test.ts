import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { adjudicate } from "../../functions/adjudicator/adjudicate.ts";
import { decide } from "../../functions/command/decide.ts";
import { newHandle } from "../../functions/command/handle.ts";
import { personKeys } from "../../functions/command/person-keys.ts";
import { submit } from "../../functions/command/submit.ts";
import type { OperatorPorts } from "../../functions/operator/core.ts";
import { memoryStore } from "../../local/objects/memory.ts";
import { toHex } from "../../shared/base/bytes.ts";
import type { Caller, Idempotency } from "../../shared/ports/claims.ts";
import type { DataKeyContext, DataKeyService } from "../../shared/ports/keys.ts";
import { Unavailable } from "../../shared/ports/unavailable.ts";
import { failingStore } from "./failing-store.ts";
import {
  callerOf,
  machine,
  openInsurer,
  random,
  rulingOf,
  startPlatform,
  submissionOf,
  submitClaimOf,
  type TestPlatform,
} from "./platform.ts";
import { everything } from "./rows.ts";

const keyed = (): Idempotency => ({ key: newHandle(random), fingerprint: random(32) });

let platform: TestPlatform;
let insurer: string;
let policy: string;
let terms: Awaited<ReturnType<typeof openInsurer>>["terms"];
let claimant: Caller;
beforeAll(async () => {
  platform = await startPlatform();
  ({ insurer, policy, terms } = await openInsurer(platform.ports));
  claimant = callerOf(insurer, "claimant", terms.insured);
});
afterAll(() => platform.close());

/** Time that passes only while a command sleeps. */
function standingClock() {
  let now = machine().now;
  let slept = 0;
  return {
    clock: () => now,
    sleep: async (ms: number) => {
      slept++;
      now += BigInt(Math.ceil(ms * 1000)) + 1n;
    },
    get slept() {
      return slept;
    },
    get now() {
      return now;
    },
  };
}

const submitThrough = (ports: OperatorPorts, idempotency = keyed(), caller = claimant) =>
  submit(ports, caller, submissionOf(policy, 1_000n), idempotency, machine().now);

async function claimsIn(): Promise<number> {
  return (await platform.ports.store.waiting(insurer, "claim", "submitted", 1_000)).length;
}

describe("a commit of unknown outcome", () => {
  let before: number;
  beforeEach(async () => {
    before = await claimsIn();
  });

  test("that did commit is read back: once in the store, and the reply is of that record", async () => {
    const store = failingStore(platform.ports.store, ["unknown, committed"]);
    const reply = await submitThrough({ ...platform.ports, store });
    if (!("committed" in reply)) throw new Error("not committed");
    expect(store.attempts).toBe(1);
    expect(await claimsIn()).toBe(before + 1);
    const [record] = await store.records(insurer, reply.committed.claim);
    expect(toHex(record?.leafHash ?? random(1))).toBe(reply.committed.record.leafHash);
  });

  test("that did not commit is tried again, and once", async () => {
    const fates = ["unknown, not committed", "unknown, not committed"] as const;
    const store = failingStore(platform.ports.store, fates);
    const reply = await submitThrough({ ...platform.ports, store });
    if (!("committed" in reply)) throw new Error("not committed");
    expect(store.attempts).toBe(3);
    expect(store.asked).toBeGreaterThanOrEqual(2);
    expect(await claimsIn()).toBe(before + 1);
    const [record] = await store.records(insurer, reply.committed.claim);
    expect(toHex(record?.leafHash ?? random(1))).toBe(reply.committed.record.leafHash);
  });

  test("is asked about until the store answers", async () => {
    const store = failingStore(platform.ports.store, ["unknown, committed"], 3);
    const reply = await submitThrough({ ...platform.ports, store });
    expect("committed" in reply).toBe(true);
    expect(store.attempts).toBe(1);
    expect(store.asked).toBe(4);
    expect(await claimsIn()).toBe(before + 1);
  });

  test("that the store never tells is Unavailable, not another try", async () => {
    const store = failingStore(platform.ports.store, ["unknown, committed"], 1_000_000);
    const time = standingClock();
    const ports = { ...platform.ports, store, clock: time.clock, sleep: time.sleep };
    await expect(submitThrough(ports)).rejects.toThrow(Unavailable);
    expect(store.attempts).toBe(1);
    expect(await claimsIn()).toBe(before + 1);
  });

  test("of a decision is not refused by its own effect", async () => {
    const claim = await submitClaimOf(platform.ports, claimant, submissionOf(policy, 1_000n));
    await adjudicate(platform.ports, insurer, claim);
    const adjuster = callerOf(insurer, "adjuster");
    // The read-back misses the commit that is still under way; the next try then meets a decided claim.
    let late = true;
    const inner = failingStore(platform.ports.store, ["unknown, committed"]);
    const store: typeof inner = {
      ...inner,
      committed: async (of, eventId) => {
        const answer = late ? false : await platform.ports.store.committed(of, eventId);
        late = false;
        return answer;
      },
    };
    const ports = { ...platform.ports, store };
    const reply = await decide(ports, adjuster, claim, rulingOf(), {}, machine().now);
    if (!("committed" in reply)) throw new Error("not committed");
    const records = await store.records(insurer, claim);
    expect(records.map(({ version }) => version)).toEqual([1n, 2n, 3n]);
    expect(toHex(records[2]?.leafHash ?? random(1))).toBe(reply.committed.record.leafHash);
  });
});

describe("a lost race", () => {
  test("is run again until it is won", async () => {
    const store = failingStore(platform.ports.store, ["lost", "lost", "lost"]);
    const time = standingClock();
    const ports = { ...platform.ports, store, clock: time.clock, sleep: time.sleep };
    expect("committed" in (await submitThrough(ports))).toBe(true);
    expect(store.attempts).toBe(4);
    expect(time.slept).toBe(3);
  });

  test("after 5 s is Unavailable, with nothing written", async () => {
    const store = failingStore(platform.ports.store, () => "lost");
    const time = standingClock();
    const ports = { ...platform.ports, store, clock: time.clock, sleep: time.sleep };
    const before = await everything(platform.superuserUrl);
    const started = time.now;
    await expect(submitThrough(ports)).rejects.toThrow(Unavailable);
    const elapsedMs = Number((time.now - started) / 1_000n);
    expect(elapsedMs).toBeGreaterThanOrEqual(5_000);
    expect(elapsedMs).toBeLessThan(5_500);
    // A budget of tries would have given up long before.
    expect(store.attempts).toBeGreaterThan(10);
    expect(await everything(platform.superuserUrl)).toEqual(before);
  });
});

/** A key service that counts, or fails from its `fails`-th call on. */
function countedKeys(fails = Number.POSITIVE_INFINITY, wrappedKeys = memoryStore()) {
  let calls = 0;
  const call = () => {
    if (++calls > fails) throw new Unavailable("kms", "a test's outage");
  };
  const service: DataKeyService = {
    generate: async () => {
      call();
      const plain = random(32);
      return { plain, wrapped: plain };
    },
    unwrap: async (wrapped) => {
      call();
      return wrapped;
    },
  };
  return {
    keys: personKeys(service, wrappedKeys),
    get calls() {
      return calls;
    },
  };
}

/** A claim of somebody new, without a policy: no row that others' keys closed is read. */
const submitNew = (ports: OperatorPorts, caller = callerOf(insurer, "claimant")) => {
  const { policy: _none, ...stated } = submissionOf(policy, 1_000n);
  return submit(ports, caller, stated, keyed(), machine().now);
};

describe("data keys", () => {
  test("that are missing are made before the transaction, once each", async () => {
    const counted = countedKeys();
    const ports = { ...platform.ports, keys: counted.keys };
    const store = failingStore(platform.ports.store, []);
    const someone = callerOf(insurer, "claimant");
    const reply = await submitNew({ ...ports, store }, someone);
    expect("committed" in reply).toBe(true);
    // The claimant's two classes; the first two tries end, before they write, where it isn't known whether there is a key, and where there is none.
    expect(counted.calls).toBe(2);
    expect(store.attempts).toBe(3);
    await submitNew(ports, someone);
    expect(counted.calls).toBe(2);
  });

  test.each([0, 1])("that can't be had after %d calls: nothing is written", async (calls) => {
    const counted = countedKeys(calls);
    const before = await everything(platform.superuserUrl);
    await expect(submitNew({ ...platform.ports, keys: counted.keys })).rejects.toThrow(Unavailable);
    expect(await everything(platform.superuserUrl)).toEqual(before);
  });

  test("that another process makes after this one looked are found: nobody is taken for erased who has no key yet", async () => {
    const wrappedKeys = memoryStore();
    const [here, there] = [countedKeys(0, wrappedKeys), countedKeys(9, wrappedKeys)];
    const context = { insurer, person: newHandle(random), class: "financial" } as const;
    await here.keys.prefetch(context);
    await expect(here.keys.obtain(context)).rejects.toThrow(Unavailable);
    expect(here.keys.held(context)).toBeUndefined();
    await there.keys.obtain(context);
    await expect(here.keys.find(context)).rejects.toThrow(Unavailable);
    // What was closed under a key that is gone was a person's who is erased.
    const gone = { ...context, person: newHandle(random) };
    expect(await here.keys.find(gone)).toBeUndefined();
    expect(here.keys.held(gone)).toBeNull();
  });

  test("of somebody new are made for the reply kept, though a process had found none", async () => {
    const { keys } = countedKeys();
    const person = newHandle(random);
    const intake = callerOf(insurer, "intake");
    await keys.find({ insurer, person, class: "identity-and-health" });
    const { policy: _none, ...stated } = submissionOf(policy, 1_000n);
    const about = { ...stated, onBehalfOf: person };
    const ports = { ...platform.ports, keys };
    expect("committed" in (await submit(ports, intake, about, keyed(), machine().now))).toBe(true);
  });

  test("that are never at hand end in Unavailable, not in an endless loop", async () => {
    const time = standingClock();
    const { keys } = countedKeys();
    const forgetful = {
      ...keys,
      held: () => {
        void time.sleep(50);
        return undefined;
      },
    };
    const ports = { ...platform.ports, keys: forgetful, clock: time.clock, sleep: time.sleep };
    await expect(submitThrough(ports)).rejects.toThrow(Unavailable);
  });

  test("that came only when the time was up are used, once", async () => {
    const time = standingClock();
    const { keys } = countedKeys();
    const slow = {
      ...keys,
      obtain: async (context: DataKeyContext) => {
        await time.sleep(6_000);
        return keys.obtain(context);
      },
    };
    const store = failingStore(platform.ports.store, []);
    const ports = { ...platform.ports, store, keys: slow, clock: time.clock, sleep: time.sleep };
    expect("committed" in (await submitNew(ports))).toBe(true);
    expect(store.attempts).toBe(3);
  });

  test("whose time to be trusted ends within an attempt stay at hand until it ends", async () => {
    const { keys } = countedKeys();
    const someone = callerOf(insurer, "claimant");
    const asked = new Map<string, number>();
    // Every other time it is asked for, a key is just no longer trusted.
    const expiring = {
      ...keys,
      held: (context: DataKeyContext) => {
        const times = (asked.get(context.class) ?? 0) + 1;
        asked.set(context.class, times);
        return times % 2 === 0 ? keys.held(context) : undefined;
      },
    };
    const reply = await submitNew({ ...platform.ports, keys: expiring }, someone);
    expect("committed" in reply).toBe(true);
  });
});
