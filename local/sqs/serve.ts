import { createHash, randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { fromUtf8 } from "../../shared/base/bytes.ts";
import { isSignedBy } from "../gateway/aws-caller.ts";
import { readBody } from "../gateway/body.ts";
import { type Listening, listen } from "../gateway/listen.ts";

/** SQS's limit on a message: 1 MiB. */
const maxBytes = 1_048_576;

/**
 * Takes messages as SQS does (AWS JSON 1.0, `AmazonSQS.SendMessage`) on 127.0.0.1 and hands each body to `deliver` at once: a wake-up says nothing twice that
 * matters. Any other operation is refused, and whoever does not name this machine in Host and `accessKeyId` in Authorization. Throws CannotListen if the port is taken.
 */
export const serveSqs = (
  deliver: (body: string) => void,
  accessKeyId = "local",
): Promise<Listening> =>
  listen("The SQS stub", 0, (request, response) => {
    if (!isSignedBy(accessKeyId, request.headers))
      return send(response, 403, { __type: "AccessDenied" });
    answer(deliver, request, response).catch(() =>
      send(response, 400, { __type: "InvalidMessage" }),
    );
  });

async function answer(
  deliver: (body: string) => void,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const bytes = await readBody(request, maxBytes);
  if (request.headers["x-amz-target"] !== "AmazonSQS.SendMessage" || bytes === "too large") {
    return send(response, 400, { __type: "com.amazonaws.sqs#UnsupportedOperation" });
  }
  const { MessageBody: body } = JSON.parse(fromUtf8(bytes, "message")) as { MessageBody: string };
  deliver(body);
  const MD5OfMessageBody = createHash("md5").update(body).digest("hex");
  send(response, 200, { MessageId: randomUUID(), MD5OfMessageBody });
}

function send(response: ServerResponse, status: number, value: object): void {
  if (!response.req.complete) response.setHeader("connection", "close");
  response.setHeader("content-type", "application/x-amz-json-1.0");
  response.writeHead(status).end(JSON.stringify(value));
}
