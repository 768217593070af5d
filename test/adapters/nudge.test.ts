import { SQSClient } from "@aws-sdk/client-sqs";
import { describe, expect, test } from "@jest/globals";
import { localClientConfig } from "../../functions/adapters/aws-local.ts";
import { relay, sqsNudge } from "../../functions/adapters/nudge.ts";
import { alarmOf, type LogAlarm } from "../../functions/publisher/alarm.ts";

const message = (body: string) => ({ body }) as never;

describe("relay", () => {
  const run = async (event: object, work: (insurer: string) => Promise<number | LogAlarm>) => {
    const [worked, nudged]: [string[], string[]] = [[], []];
    const failure = await relay(
      event,
      async () => ["acme", "globex"],
      (insurer) => {
        worked.push(insurer);
        return work(insurer);
      },
      async (insurer) => void nudged.push(insurer),
    ).catch((error: AggregateError) => error);
    return { worked, nudged, failure };
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

describe("nudging", () => {
  test("a queue that is down fails no request", async () => {
    const failed: string[] = [];
    const client = new SQSClient({ ...localClientConfig("http://127.0.0.1:1"), maxAttempts: 1 });
    await sqsNudge(client, "http://127.0.0.1:1/q", (name) => failed.push(name))("acme");
    expect(failed).toHaveLength(1);
    client.destroy();
  });
});
