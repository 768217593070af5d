import process from "node:process";
import { buffer } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { SignatureV4 } from "@smithy/signature-v4";
import { mayPass } from "./aws-error.ts";
import type { awsLimits } from "./aws-limits.ts";
import { Sha256 } from "./checksum.ts";
import { defaultProvider } from "./lambda-credentials.ts";

/** One message to a FIFO queue, by the names of SQS's API. */
export interface FifoMessage {
  readonly QueueUrl: string;
  readonly MessageBody: string;
  readonly MessageGroupId: string;
  readonly MessageDeduplicationId: string;
  readonly MessageAttributes?: Readonly<
    Record<string, { readonly DataType: "String"; readonly StringValue: string }>
  >;
}

/** SQS, as one caller of one region. */
export interface Sqs {
  /** `SendMessage`, again where that may help: the deduplication id makes them one. Throws what SQS refused under its own name. */
  send(message: FifoMessage): Promise<void>;
  close(): void;
}

type Limits = Pick<typeof awsLimits, "requestHandler"> & { readonly maxAttempts: number };

/** Who asks, and where: without them as Lambda's environment says. */
export interface SqsConfig {
  readonly region?: string;
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/** What SQS answers with a status of 300 or above. */
class SqsError extends Error {
  readonly $metadata: { readonly httpStatusCode: number };
  constructor(code: string, status: number) {
    super(`SQS answered ${status} ${code}`);
    this.name = code;
    this.$metadata = { httpStatusCode: status };
  }
}

const firstPauseMs = 50;

/**
 * SQS over HTTPS (AWS JSON 1.0) with the SDK's own signer and HTTP handler: its client is 27 kB of a function that sends one kind of message (ADR 0011). `limits` are
 * those of every other client. A message goes to the host of its queue's URL.
 */
export function openSqs(limits: Limits, config: SqsConfig = {}): Sqs {
  const region = config.region ?? process.env.AWS_REGION ?? "us-east-1";
  const handler = new NodeHttpHandler({ ...limits.requestHandler });
  const credentials = config.credentials ?? defaultProvider();
  const signer = new SignatureV4({ service: "sqs", region, credentials, sha256: Sha256 });
  const once = async (message: FifoMessage): Promise<void> => {
    const { response } = await handler.handle((await signer.sign(requestOf(message))) as never);
    const answer = await buffer(response.body);
    if (response.statusCode >= 300) {
      throw new SqsError(codeOf(answer), response.statusCode);
    }
  };
  return {
    send: async (message) => {
      for (let attempts = 1; ; attempts++) {
        try {
          return await once(message);
        } catch (error) {
          if (attempts >= limits.maxAttempts || !mayPass(error)) throw error;
          await sleep(Math.random() * firstPauseMs * 2 ** attempts);
        }
      }
    },
    close: () => handler.destroy(),
  };
}

function requestOf(message: FifoMessage) {
  const { protocol, hostname, port, host } = new URL(message.QueueUrl);
  const body = Buffer.from(JSON.stringify(message));
  return {
    method: "POST",
    protocol,
    hostname,
    ...(port === "" ? {} : { port: Number(port) }),
    path: "/",
    query: {},
    headers: {
      host,
      "content-type": "application/x-amz-json-1.0",
      "content-length": String(body.byteLength),
      "x-amz-target": "AmazonSQS.SendMessage",
    },
    body,
  };
}

/** SQS's own name of what went wrong: `com.amazonaws.sqs#QueueDoesNotExist` says the part after the hash. */
const codeOf = (answer: Buffer): string =>
  /"__type"\s*:\s*"(?:[^"#]{0,64}#)?([A-Za-z0-9.]{1,64})"/.exec(
    answer.toString("utf8", 0, 4096),
  )?.[1] ?? "UnknownError";
