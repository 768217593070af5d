import { describe, expect, test } from "@jest/globals";
import { sqsNudge } from "../../functions/adapters/nudge.ts";
import type { FifoMessage, Sqs } from "../../functions/adapters/sqs-client.ts";
import type { SentMessage } from "../../local/sqs/serve.ts";

/** A FIFO queue that nobody used, whoever sends to it, and what a receiver gets from it. */
export interface Queue {
  readonly url: string;
  readonly sqs: Sqs;
  readonly receive: () => Promise<readonly SentMessage[]>;
}

const traceparent = `00-${"a".repeat(32)}-${"b".repeat(16)}-01`;

/** What nudges need of SQS, and how it refuses what is none. */
export function nudgeContract(name: string, open: () => Promise<Queue>): void {
  const told = async ({ sqs }: Queue, url: string, ...nudged: [string, string?][]) => {
    const failures: string[] = [];
    const nudge = sqsNudge(sqs, url, (failure) => failures.push(failure));
    for (const each of nudged) await nudge(...each);
    return failures;
  };

  describe(`nudges: ${name}`, () => {
    test("arrive each as a message of its own, in its log's group, with its request's traceparent", async () => {
      const queue = await open();
      const nudged: [string, string?][] = [["acme", traceparent], ["acme"], ["globex"]];
      expect(await told(queue, queue.url, ...nudged)).toEqual([]);
      const received = await queue.receive();
      const seen = received.map(({ body, group, attributes }) => [body, group, attributes]);
      const traced = { traceparent: { DataType: "String", StringValue: traceparent } };
      expect(seen.sort()).toEqual([
        ["acme", "acme", traced],
        ["acme", "acme", {}],
        ["globex", "globex", {}],
      ]);
      expect(new Set(received.map(({ deduplication }) => deduplication)).size).toBe(3);
    });

    test("sent again because the answer was lost are one message", async () => {
      const queue = await open();
      const message = messageTo(queue.url);
      await queue.sqs.send(message);
      await queue.sqs.send(message);
      expect(await queue.receive()).toMatchObject([{ body: "acme", deduplication: "once" }]);
    });

    test("to a queue that is not there are told under SQS's name of it, and fail nobody", async () => {
      const queue = await open();
      const nowhere = queue.url.replace(/[^/]*$/, "nowhere.fifo");
      expect(await told(queue, nowhere, ["acme"])).toEqual(["QueueDoesNotExist"]);
      expect(await queue.receive()).toEqual([]);
    });

    test("without a group or a deduplication id are refused and not received", async () => {
      const queue = await open();
      const { MessageGroupId: _group, ...groupless } = messageTo(queue.url);
      const { MessageDeduplicationId: _id, ...repeatable } = messageTo(queue.url);
      await expect(queue.sqs.send(groupless as FifoMessage)).rejects.toMatchObject({
        name: "MissingRequiredParameterException",
        $metadata: { httpStatusCode: 400 },
      });
      await expect(queue.sqs.send(repeatable as FifoMessage)).rejects.toMatchObject({
        name: "InvalidParameterValue",
        $metadata: { httpStatusCode: 400 },
      });
      expect(await queue.receive()).toEqual([]);
    });
  });
}

const messageTo = (QueueUrl: string): FifoMessage => ({
  QueueUrl,
  MessageBody: "acme",
  MessageGroupId: "acme",
  MessageDeduplicationId: "once",
});
