import { createHash, randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { fromUtf8 } from "../../shared/base/bytes.ts";
import { isSignedBy } from "../gateway/aws-caller.ts";
import { readBody } from "../gateway/body.ts";
import { type Listening, listen } from "../gateway/listen.ts";

/** A message of a FIFO queue, as it was sent. */
export interface SentMessage {
  /** Of the queue. */
  readonly url: string;
  readonly body: string;
  readonly group: string;
  readonly deduplication: string;
  readonly attributes: Readonly<
    Record<string, { readonly DataType: string; readonly StringValue: string }>
  >;
}

/** SQS's limit on a message: 1 MiB. */
const maxBytes = 1_048_576;

/** Among so many newest messages the stub knows a repetition; SQS looks back 5 minutes. */
const rememberedMessages = 10_000;

/**
 * Takes messages as SQS does (AWS JSON 1.0, `AmazonSQS.SendMessage`) on 127.0.0.1 and hands each to `deliver` at once, one that comes again under its
 * deduplication id only once. Any other operation is refused, a message without a group or a deduplication id or to a queue that it `has` not too, and whoever does not name this machine in Host and `accessKeyId` in Authorization. Throws CannotListen if the port is taken.
 */
export function serveSqs(
  deliver: (message: SentMessage) => void,
  accessKeyId = "local",
  has: (url: string) => boolean = () => true,
): Promise<Listening> {
  const remembered = new Set<string>();
  const deliverOnce = (message: SentMessage): void => {
    const known = `${message.url} ${message.deduplication}`;
    if (remembered.has(known)) return;
    remembered.add(known);
    for (const oldest of remembered) {
      if (remembered.size <= rememberedMessages) break;
      remembered.delete(oldest);
    }
    deliver(message);
  };
  const queues = { has, deliver: deliverOnce };
  return listen("The SQS stub", 0, (request, response) => {
    if (!isSignedBy(accessKeyId, request.headers))
      return send(response, 403, { __type: "AccessDenied" });
    answer(queues, request, response).catch(() =>
      send(response, 400, { __type: "InvalidMessage" }),
    );
  });
}

interface Queues {
  readonly has: (url: string) => boolean;
  readonly deliver: (message: SentMessage) => void;
}

async function answer(
  { has, deliver }: Queues,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const bytes = await readBody(request, maxBytes);
  if (request.headers["x-amz-target"] !== "AmazonSQS.SendMessage" || bytes === "too large") {
    return send(response, 400, { __type: "com.amazonaws.sqs#UnsupportedOperation" });
  }
  const {
    QueueUrl: url,
    MessageBody: body,
    MessageGroupId: group,
    MessageDeduplicationId: deduplication,
    MessageAttributes: attributes = {},
  } = JSON.parse(fromUtf8(bytes, "message")) as Record<string, string> & {
    readonly MessageAttributes?: SentMessage["attributes"];
  };
  if (!url || !body || !group) {
    return send(response, 400, {
      __type: "com.amazon.coral.service#MissingRequiredParameterException",
    });
  }
  if (!deduplication) {
    return send(response, 400, { __type: "com.amazonaws.sqs#InvalidParameterValue" });
  }
  if (!has(url)) return send(response, 400, { __type: "com.amazonaws.sqs#QueueDoesNotExist" });
  deliver({ url, body, group, deduplication, attributes });
  const MD5OfMessageBody = createHash("md5").update(body).digest("hex");
  send(response, 200, { MessageId: randomUUID(), MD5OfMessageBody });
}

function send(response: ServerResponse, status: number, value: object): void {
  if (!response.req.complete) response.setHeader("connection", "close");
  response.setHeader("content-type", "application/x-amz-json-1.0");
  response.writeHead(status).end(JSON.stringify(value));
}
