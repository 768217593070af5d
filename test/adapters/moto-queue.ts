import type { SentMessage } from "../../local/sqs/serve.ts";

/** One operation of SQS on moto (AWS JSON 1.0), unsigned: moto asks nobody who they are. */
async function sqs<Answer>(endpoint: string, operation: string, body: object): Promise<Answer> {
  const scope = "Credential=local/20261126/us-east-1/sqs/aws4_request";
  const response = await fetch(endpoint, {
    method: "POST",
    headers: {
      "content-type": "application/x-amz-json-1.0",
      "x-amz-target": `AmazonSQS.${operation}`,
      authorization: `AWS4-HMAC-SHA256 ${scope}`,
    },
    body: JSON.stringify(body),
  });
  const answer = await response.text();
  if (!response.ok) throw new Error(`${operation}: ${response.status} ${answer.slice(0, 500)}`);
  return (answer === "" ? {} : JSON.parse(answer)) as Answer;
}

interface Received {
  readonly Messages?: readonly {
    readonly Body: string;
    readonly ReceiptHandle: string;
    readonly Attributes: Readonly<Record<string, string>>;
    readonly MessageAttributes?: SentMessage["attributes"];
  }[];
}

let queues = 0;

/** A new queue of moto's at `endpoint`, and what takes all that waits in it. */
export async function motoQueue(endpoint: string, kind: "fifo" | "standard") {
  const fifo = kind === "fifo";
  const { QueueUrl } = await sqs<{ QueueUrl: string }>(endpoint, "CreateQueue", {
    QueueName: `queue-${++queues}${fifo ? ".fifo" : ""}`,
    ...(fifo && { Attributes: { FifoQueue: "true" } }),
  });
  const receive = async (): Promise<readonly SentMessage[]> => {
    const all: SentMessage[] = [];
    const asked = { QueueUrl, MaxNumberOfMessages: 10, AttributeNames: ["All"] };
    for (;;) {
      const { Messages = [] } = await sqs<Received>(endpoint, "ReceiveMessage", {
        ...asked,
        MessageAttributeNames: ["All"],
      });
      if (Messages.length === 0) return all;
      for (const { Body, ReceiptHandle, Attributes, MessageAttributes = {} } of Messages) {
        await sqs(endpoint, "DeleteMessage", { QueueUrl, ReceiptHandle });
        const { MessageGroupId: group = "", MessageDeduplicationId: deduplication = "" } =
          Attributes;
        all.push({
          url: QueueUrl,
          body: Body,
          group,
          deduplication,
          attributes: MessageAttributes,
        });
      }
    }
  };
  return { url: QueueUrl, name: QueueUrl.replace(/^.*\//, ""), receive };
}
