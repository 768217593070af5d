import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, describe, expect, test } from "@jest/globals";
import { awsLimits } from "../../functions/adapters/aws-limits.ts";
import { localClientConfig } from "../../functions/adapters/aws-local.ts";
import { relay, sqsNudge } from "../../functions/adapters/nudge.ts";
import { openSqs } from "../../functions/adapters/sqs-client.ts";
import type { Measured } from "../../functions/metrics.ts";
import { alarmOf, type LogAlarm } from "../../functions/publisher/alarm.ts";
import { type SentMessage, serveSqs } from "../../local/sqs/serve.ts";
import { Unavailable } from "../../shared/ports/unavailable.ts";
import { nudgeContract } from "../contract/nudge.ts";

const message = (body: string) => ({ body }) as never;

describe("relay", () => {
  const run = async (event: object, work: (insurer: string) => Promise<number | LogAlarm>) => {
    const [worked, nudged]: [string[], string[]] = [[], []];
    const metered: Measured[] = [];
    const failure = await relay(event, {
      service: "sequencer",
      meter: (values) => metered.push(values),
      all: async () => ["acme", "globex"],
      work: (insurer) => {
        worked.push(insurer);
        return work(insurer);
      },
      nudge: async (insurer) => void nudged.push(insurer),
      measure: async () => ({ outboxAgeMs: 7 }),
    }).catch((error: AggregateError) => error);
    return { worked, nudged, metered, failure };
  };

  test("a message names its log, once; the next job is nudged even if nothing was done", async () => {
    const event = { Records: [message("acme"), message("acme")] };
    expect(await run(event, async () => 0)).toMatchObject({ worked: ["acme"], nudged: ["acme"] });
  });

  test("the sweep means all logs; the next job is nudged only where work was done", async () => {
    const work = async (insurer: string) => (insurer === "globex" ? 3 : 0);
    const swept = await run({ "detail-type": "Scheduled Event" }, work);
    expect(swept).toMatchObject({ worked: ["acme", "globex"], nudged: ["globex"] });
  });

  test("a log that fails stops no other, and the call fails", async () => {
    const work = async (insurer: string) => {
      if (insurer === "acme") throw new Error("down");
      return 1;
    };
    const { nudged, failure } = await run({}, work);
    expect(nudged).toEqual(["globex"]);
    expect((failure as AggregateError).errors).toHaveLength(1);
    expect((failure as AggregateError).message).toBe("acme: Error");
    const alarmed = await run({}, async () => alarmOf("fork", "two roots"));
    expect((alarmed.failure as AggregateError).message).toContain("globex: fork: two roots");
  });
});

test("an alarm that stands until somebody has looked is told and counted, and the call has not failed", async () => {
  const told: string[] = [];
  const metered: Measured[] = [];
  await relay(
    { Records: [message("acme"), message("globex")] },
    {
      service: "payouts",
      all: async () => [],
      work: async (insurer) =>
        insurer === "acme" ? alarmOf("screening-missing", "payouts wait") : 1,
      meter: (values) => metered.push(values),
      tell: (said) => told.push(said),
    },
  );
  expect(told).toEqual(["acme: screening-missing: payouts wait"]);
  expect(metered).toEqual([{ screeningMissing: 1 }]);
});

describe("what a job counts and measures", () => {
  const metered = async (event: object, work: (insurer: string) => Promise<number | LogAlarm>) => {
    const values: Measured[] = [];
    const job = { service: "sequencer", all: async () => ["acme", "globex"], work } as const;
    const measure = async () => ({ outboxAgeMs: 7 });
    await relay(event, { ...job, measure, meter: (each) => values.push(each) }).catch(() => {});
    return values;
  };
  const down = (service: string) => async () => {
    throw new Unavailable(service, "does not answer");
  };

  test("is measured by a sweep, and not for a message; nothing to count is not written", async () => {
    expect(await metered({}, async () => 0)).toEqual([{ outboxAgeMs: 7 }]);
    expect(await metered({ Records: [message("acme")] }, async () => 1)).toEqual([]);
  });

  test("is each log that raised an alarm, by its kind, and each outage, by whose it was", async () => {
    const alarmed = await metered({}, async (insurer) =>
      insurer === "acme" ? alarmOf("fork", "two roots") : alarmOf("root-mismatch", "a tile"),
    );
    expect(alarmed).toEqual([{ gateRefusals: 1, tampering: 1, outboxAgeMs: 7 }]);
    expect(await metered({}, down("database"))).toMatchObject([{ databaseOutages: 2 }]);
    expect(await metered({}, down("witnesses"))).toMatchObject([{ quorumMissing: 2 }]);
    expect(await metered({}, down("s3"))).toMatchObject([{ otherOutages: 2 }]);
    const bug = Promise.reject(new TypeError("undefined is not a function"));
    expect(await metered({}, () => bug)).toMatchObject([{ unforeseen: 2 }]);
  });

  test("is counted, and the call fails, where not even the list of logs can be had", async () => {
    const values: Measured[] = [];
    const failing = relay(
      {},
      {
        service: "sequencer",
        all: down("database"),
        work: async () => 0,
        measure: down("database"),
        meter: (each) => values.push(each),
      },
    );
    await expect(failing).rejects.toThrow("all logs: Unavailable; measuring: Unavailable");
    expect(values).toEqual([{ databaseOutages: 2 }]);
  });
});

const traceparentOf = (n: number) => `00-${String(n).repeat(32)}-00f067aa0ba902b7-01`;
const traced = (body: string, stringValue: string) =>
  ({ body, messageAttributes: { traceparent: { stringValue } } }) as never;

test.each([
  ["one request's", [traced("acme", traceparentOf(1)), message("acme")], traceparentOf(1)],
  ["several requests'", [1, 2].map((n) => traced("acme", traceparentOf(n))), undefined],
  ["another log's", [message("acme"), traced("other", traceparentOf(1))], undefined],
  ["no trace", [traced("acme", "00-wang-li-01")], undefined],
])("the next job is nudged for %s messages", async (_, Records, traceparent) => {
  const nudged: unknown[] = [];
  await relay({ Records } as never, {
    service: "sequencer",
    all: async () => [],
    work: async () => 0,
    nudge: async (...what) => void nudged.push(what),
    meter: () => undefined,
  });
  expect(nudged[0]).toEqual(["acme", traceparent]);
});

const closing: (() => unknown)[] = [];
afterAll(async () => {
  for (const close of closing) await close();
});
nudgeContract("the stub", async () => {
  const received: SentMessage[] = [];
  const has = (url: string) => url.endsWith("/to-signer.fifo");
  const stub = await serveSqs((message) => received.push(message), "local", has);
  const sqs = openSqs(awsLimits, localClientConfig(stub.url));
  closing.push(
    () => sqs.close(),
    () => stub.stop(0),
  );
  const url = `${stub.url}/000000000000/to-signer.fifo`;
  return { url, sqs, receive: async () => received };
});

describe("nudging", () => {
  test.each([
    [503, "com.amazonaws.sqs#ServiceUnavailable", 2, []],
    [400, "com.amazonaws.sqs#QueueDoesNotExist", 1, ["QueueDoesNotExist"]],
    [403, "AccessDenied", 1, ["AccessDenied"]],
  ])(
    "an answer of %d %s is asked again only where that may help",
    async (status, type, asked, told) => {
      const signed: unknown[] = [];
      const queue = createServer((request, response) => {
        signed.push(request.headers);
        const refused = signed.length === 1;
        request.resume();
        response.writeHead(refused ? status : 200).end(refused ? `{"__type":"${type}"}` : "{}");
      }).listen(0, "127.0.0.1");
      await once(queue, "listening");
      const url = `http://127.0.0.1:${(queue.address() as AddressInfo).port}`;
      const client = openSqs(awsLimits, localClientConfig(url));
      const failed: string[] = [];
      await sqsNudge(client, `${url}/q`, (name) => failed.push(name))("acme");
      client.close();
      queue.closeAllConnections();
      queue.close();
      expect(failed).toEqual(told);
      expect(signed).toHaveLength(asked);
      expect(signed[0]).toMatchObject({
        "x-amz-target": "AmazonSQS.SendMessage",
        "content-type": "application/x-amz-json-1.0",
        authorization: expect.stringMatching(
          /^AWS4-HMAC-SHA256 Credential=local\/\d{8}\/us-east-1\/sqs\//,
        ),
      });
    },
  );

  test("a queue that is down fails no request", async () => {
    const failed: string[] = [];
    const client = openSqs(
      { ...awsLimits, maxAttempts: 1 },
      localClientConfig("http://127.0.0.1:1"),
    );
    await sqsNudge(client, "http://127.0.0.1:1/q", (name) => failed.push(name))("acme");
    expect(failed).toHaveLength(1);
    client.close();
  });
});
