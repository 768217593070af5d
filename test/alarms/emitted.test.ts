import { afterAll, beforeAll, expect, test } from "@jest/globals";
import type { Context } from "aws-lambda";
import { openFailureCount } from "../../functions/adapters/meter.ts";
import { erasureAge, outboxAge, unpublishedAge } from "../../functions/adapters/postgres/ages.ts";
import { bankRows } from "../../functions/adapters/postgres/bank-rows.ts";
import { bookRows } from "../../functions/adapters/postgres/book-rows.ts";
import { openLogs } from "../../functions/adapters/postgres/open-logs.ts";
import { openPool } from "../../functions/adapters/postgres/pool.ts";
import { releaseOrders } from "../../functions/adapters/postgres/release-orders.ts";
import { fileRail } from "../../functions/adapters/rail/file-rail.ts";
import { tlogEngine } from "../../functions/adapters/tlog/engine.ts";
import { httpWitnesses } from "../../functions/adapters/witness/http-witnesses.ts";
import { claimJob } from "../../functions/adjudicator/round.ts";
import { newHandle } from "../../functions/command/handle.ts";
import type { Calling } from "../../functions/command/take-turns.ts";
import { erasureAges } from "../../functions/eraser/overdue.ts";
import { approve, request } from "../../functions/eraser/requests.ts";
import { exportWaiting } from "../../functions/exporter/core.ts";
import type { ApiEvent } from "../../functions/http/event.ts";
import { requestLog } from "../../functions/http/log.ts";
import { endpoint } from "../../functions/http/stack.ts";
import { importWaiting } from "../../functions/importer/core.ts";
import { payoutJob } from "../../functions/payouts/job.ts";
import { orderRelease } from "../../functions/payouts/release-orders.ts";
import { publishLag } from "../../functions/publisher/lag.ts";
import { publishNewest } from "../../functions/publisher/publish-newest.ts";
import { witnessingOf } from "../../functions/publisher/witnessing.ts";
import { exchange } from "../../functions/reconciliation/exchange.ts";
import { catchUp } from "../../functions/self-audit/core.ts";
import { LogWatch } from "../../functions/self-audit/log-watch.ts";
import { sequenceAll } from "../../functions/sequencer/core.ts";
import { shadowWaiting } from "../../functions/shadow/core.ts";
import { signingGate } from "../../functions/signer/core.ts";
import { signNewest } from "../../functions/signer/sign-newest.ts";
import { recordAlarming } from "../../functions/totals/core.ts";
import { type OwnAlarm, ownAlarms } from "../../lib/own-alarms.ts";
import { memoryStore } from "../../local/objects/memory.ts";
import { routes } from "../../shared/api/routes.ts";
import { utf8 } from "../../shared/base/bytes.ts";
import { Malformed } from "../../shared/base/malformed.ts";
import { maxMinor } from "../../shared/base/money.ts";
import { partClasses } from "../../shared/base/part-class.ts";
import type { ObjectStore } from "../../shared/ports/objects.ts";
import { Unavailable } from "../../shared/ports/unavailable.ts";
import {
  callerOf,
  machine,
  openInsurer,
  random,
  somebody,
  startPlatform,
  submissionOf,
  submitClaimOf,
  type TestPlatform,
} from "../command/platform.ts";
import { principalsDouble } from "../http/claims-double.ts";
import { ed25519Signer } from "../log/signers.ts";
import { clearly } from "../payout/sample.ts";
import { originOf, type PublishedLog, publishedLog } from "../publisher/published-log.ts";
import { approved, proposed } from "../reconciliation/paying.ts";
import { sampleRecords } from "../sequencer/sample-log.ts";
import { swept, type Taken, taken } from "./written.ts";

/* Each alarm on a metric of ours is raised by the code that it watches, brought into the state that it is about. */
let log: PublishedLog;
let platform: TestPlatform;
beforeAll(async () => {
  [log, platform] = [await publishedLog(), await startPlatform()];
  await log.submit(sampleRecords(3));
});
afterAll(async () => {
  await Promise.all([log?.close(), platform?.close()]);
});

const minuteUs = 60_000_000n;
const dayUs = 1_440n * minuteUs;
const later = (us: bigint) => () => BigInt(Date.now()) * 1_000n + us;

/** A witness on a port where `answer` is all it says. */
const witnessedBy = (url: string) => {
  const { key } = ed25519Signer("w.example/w", 1, "cosignature");
  const policy = { witnesses: [{ name: "w", key, url }], groups: [], quorum: "w" } as const;
  return { ...log.ports, witnessing: witnessingOf(httpWitnesses(policy, 1_000), log.signed) };
};
const published = async (url: string) => {
  await sequenceAll(log.engine(), log.log);
  await signNewest(log.engine(), log.ports.gate, log.log);
  return publishNewest(witnessedBy(url), log.signed, log.log);
};

/** One request to an endpoint of `service`, which takes `tookMs` and does `respond`. */
const asked = (service: string, tookMs: number, respond: () => never) =>
  taken(async () => {
    let now = 0n;
    const edge = {
      principals: principalsDouble(() => "i", []),
      log: requestLog(service),
      now: () => (now += BigInt(tookMs) * 1_000n),
    };
    const requestContext = { requestId: "r" };
    const pathParameters = { insurer: "acme" };
    const event = { headers: {}, rawPath: "/x", pathParameters, requestContext };
    const context = { getRemainingTimeInMillis: () => 30_000 } as Context;
    await endpoint(routes.readCheckpoint, edge, respond)(event as unknown as ApiEvent, context);
  });

const scenes: Readonly<Record<string, (service: string) => Promise<readonly Taken[]>>> = {
  "http-faults": async (service) => {
    const values: Taken[] = [];
    for (let request = 0; request < 5; request++) {
      const one = await asked(service, 1, () => {
        throw new Unavailable("database", "does not answer");
      });
      values.push(...one);
    }
    return values;
  },
  "http-slow": (service) =>
    asked(service, 3_001, () => {
      throw new Error("late, and wrong");
    }),
  "outbox-age": (service) =>
    swept(service, {
      work: (insurer) => sequenceAll(log.engine(), insurer, 0),
      measure: async () => ({ outboxAgeMs: await outboxAge(log.sequencer, later(2n * minuteUs)) }),
    }),
  "publish-lag": async (service) => {
    await sequenceAll(log.engine(), log.log);
    const age = unpublishedAge(log.publisher, later(2n * minuteUs));
    return swept(service, { measure: () => publishLag(memoryStore(), [log.log], age) });
  },
  "gate-refused signer": (service) => {
    // Its store was lost.
    const gate = signingGate({
      store: memoryStore(),
      keys: [],
      extend: log.engine().extend,
      originOf,
      clock: later(0n),
    });
    return swept(service, { work: (insurer) => signNewest(log.engine(), gate, insurer) });
  },
  "gate-refused publisher": async (service) => {
    const other = await answering(422, "");
    const done = await swept(service, { work: () => published(other.url) });
    await other.stop();
    return done;
  },
  "quorum-missing": async (service) => {
    const away = await answering(503, "");
    const done = await swept(service, { work: () => published(away.url) });
    await away.stop();
    return done;
  },
  tampering: async (service) => {
    const published = memoryStore();
    await published.putIfAbsent(`${log.log}/checkpoint`, utf8("another\n1\nAA==\n\n— a AAAA\n"));
    await signNewest(log.engine(), log.ports.gate, log.log);
    const ports = log.over({ published });
    return swept(service, { work: (insurer) => publishNewest(ports, log.signed, insurer) });
  },
  "self-audit": async (service) => {
    const published = memoryStore();
    await published.putIfAbsent("acme/checkpoint", utf8("nobody signed this\n"));
    const rows = { read: async () => [] };
    const { keys, cipher } = platform.ports;
    const { logKeys } = log.ports;
    const from = { rows, published, keys, cipher, logKeys, originOf } as never;
    return swept(service, {
      work: async (insurer) =>
        catchUp(new LogWatch(from, insurer, await logKeys(insurer)), () => true),
    });
  },
  "row-altered": async (service) => {
    const insurer = `altered-${service}`;
    const { insured, policy } = await openInsurer(platform.ports, { insurer });
    const claimant = callerOf(insurer, "claimant", insured);
    await submitClaimOf(platform.ports, claimant, submissionOf(policy, 100n));
    await platform.pool.query("UPDATE claim SET state = '\\x00' WHERE insurer = $1", [insurer]);
    return swept(service, {
      all: async () => [insurer],
      work: (each) => claimJob(platform.ports, each),
    });
  },
  "screening-missing": async (service) => {
    const insurer = "unscreened";
    const insured = await openInsurer(platform.ports, { insurer, limit: null, paying: true });
    await proposed(platform.ports, insured, 1);
    const ports = { ...platform.ports, orders: releaseOrders(platform.pool) };
    return swept(service, {
      all: async () => [insurer],
      work: (each) => payoutJob(ports, each, undefined),
    });
  },
  // Beside a row that was changed, which each turn tells; a refused order is told by one.
  "order-refused": async (service) => {
    const insurer = "dismissed";
    const open = { insurer, limit: null, band: maxMinor, paying: true };
    const insured = await openInsurer(platform.ports, open);
    const ports = { ...platform.ports, orders: releaseOrders(platform.pool) };
    for (const payout of await approved(ports, insured, 2)) {
      const [file, act] = [newHandle(random), somebody()];
      const window = { opensAt: act.now, closesAt: act.now + dayUs };
      expect(await orderRelease(ports, insurer, file, [payout], window, act)).toEqual({ file });
    }
    const [altered] = await proposed(ports, insured, 1);
    await platform.pool.query("UPDATE payout SET state = '\\x00' WHERE stream = $1", [altered]);
    return swept(service, {
      all: async () => [insurer],
      work: (each) => payoutJob(ports, each, clearly),
    });
  },
  "breaks-aged": async (service) => {
    const insurer = "aged";
    await openInsurer(platform.ports, { insurer, limit: null, paying: true });
    const rows = bankRows(platform.pool);
    const broken = { kind: "unreadable", about: null, message: "0a".repeat(32) } as const;
    await rows.open(insurer, [broken], later(-2n * dayUs)());
    const inbox = {
      list: async function* () {},
      delete: async () => {},
      stream: async () => undefined,
      setAside: async () => {},
    };
    const bank = { commands: platform.ports, rows, rail: fileRail(memoryStore(), inbox) };
    return swept(service, { all: async () => [insurer], work: (each) => exchange(bank, each) });
  },
  "job-failed importer": (service) =>
    altered(service, "imports/", (jobs, calling) =>
      importWaiting({ jobs, clock: later(0n) } as never, calling),
    ),
  "job-failed exporter": (service) =>
    altered(service, "", (auditing, calling) =>
      exportWaiting({ auditing } as never, later(0n)(), calling),
    ),
  "job-failed shadow": (service) =>
    altered(service, "shadows/", (jobs, calling) =>
      shadowWaiting({ jobs } as never, later(0n)(), calling),
    ),
  "totals-overdue": async (service) => {
    const insurer = "waiting";
    const { insured, policy } = await openInsurer(platform.ports, { insurer });
    const sequencer = openPool({ url: platform.url("sequencer"), max: 1 });
    await sequenceAll(tlogEngine({ pool: sequencer, clock: later(0n) }), insurer);
    await sequencer.end();
    const claimant = callerOf(insurer, "claimant", insured);
    await submitClaimOf(platform.ports, claimant, submissionOf(policy, 100n));
    const noon = () => (later(2n * dayUs)() / dayUs) * dayUs + dayUs / 2n;
    const ports = { ...platform.ports, clock: noon };
    return swept(service, {
      all: async () => [insurer],
      work: (each) => recordAlarming(ports, bookRows(platform.pool), each),
    });
  },
  "erasures-overdue": (service) => erasing(service, "erase-a", 7n * 60n * minuteUs, true),
  "erasures-unanswered": (service) => erasing(service, "erase-b", 22n * dayUs, false),
  "database-outage": async (service) => {
    const gone = openPool({ url: "postgres://nobody:none@127.0.0.1:1/none", max: 1 });
    const done = await swept(service, { all: () => openLogs(gone) });
    await gone.end();
    return done;
  },
};

/** A job of `service` that somebody changed where it is kept, below `folder`. */
const altered = (
  service: string,
  folder: string,
  work: (store: ObjectStore, calling: Calling) => Promise<number>,
) =>
  taken(async () => {
    const store = memoryStore();
    const job = `acme/${newHandle(random)}`;
    for (const kind of ["jobs", "waiting"]) {
      await store.putIfAbsent(`${folder}${kind}/${job}`, utf8("{}"));
    }
    await expect(work(store, { failed: openFailureCount(service) })).rejects.toThrow(Malformed);
  });

async function erasing(service: string, insurer: string, us: bigint, approved: boolean) {
  await openInsurer(platform.ports, { insurer });
  const [person, operator] = [newHandle(random), () => callerOf(insurer, "operator")];
  const { now } = machine();
  const asking = await request(platform.ports, operator(), person, partClasses, now);
  expect(asking).not.toHaveProperty("refused");
  if (approved) {
    const approving = await approve(platform.ports, operator(), person, now);
    expect(approving).not.toHaveProperty("refused");
  }
  const ages = erasureAge(platform.pool, later(us));
  return swept(service, { measure: () => erasureAges([insurer], ages) });
}

async function answering(status: number, body: string) {
  const { createServer } = await import("node:http");
  const server = createServer((_, response) => void response.writeHead(status).end(body));
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as { port: number };
  const stop = () => new Promise((done) => server.close(done));
  return { url: `http://127.0.0.1:${port}`, stop };
}

const each = ownAlarms.flatMap((alarm) =>
  alarm.services.map((service) => [`${alarm.id} ${service}`, alarm, service] as const),
);

/** Whether these values, all within one period, raise it. */
function raises(values: readonly Taken[], alarm: OwnAlarm): boolean {
  const all = values.map(({ value }) => value);
  const statistic =
    alarm.statistic === "Sum" ? all.reduce((sum, one) => sum + one, 0) : Math.max(...all);
  return all.length > 0 && statistic > alarm.above;
}

test.each(each)("%s is raised by the code it watches", async (name, alarm, service) => {
  const scene = scenes[name] ?? scenes[alarm.id];
  const values = (await scene?.(service)) ?? [];
  const ours = values.filter((one) => one.name === alarm.metric);
  expect(new Set(ours.map(({ dimensions }) => dimensions.service))).toEqual(new Set([service]));
  expect(raises(ours, alarm)).toBe(true);
});

test("a job in order raises none of them", async () => {
  const fine = await swept("sequencer", {
    work: (insurer) => sequenceAll(log.engine(), insurer),
    measure: async () => ({ outboxAgeMs: await outboxAge(log.sequencer, later(0n)) }),
  });
  expect(fine.map(({ name, value }) => [name, value])).toEqual([["outboxAgeMs", 0]]);
  expect(
    each.some(([, alarm]) =>
      raises(
        fine.filter((one) => one.name === alarm.metric),
        alarm,
      ),
    ),
  ).toBe(false);
});
