import { type IncomingHttpHeaders, type IncomingMessage, request as send } from "node:http";
import { buffer } from "node:stream/consumers";
import { type FunctionName, needs } from "../../functions/needs.ts";
import { type Listening, listen } from "../../local/gateway/listen.ts";

/** The stubs that a function's requests go on to, by URL. */
export interface Services {
  readonly s3: string;
  readonly sqs: string;
  readonly kms: string;
  readonly events: string;
  readonly secretsmanager: string;
}

/** Who is asked by a request that names its operation in `x-amz-target`. */
const services: Readonly<Record<string, keyof Services>> = {
  TrentService: "kms",
  AmazonSQS: "sqs",
  AWSEvents: "events",
  secretsmanager: "secretsmanager",
};

/** What IAM asks of who sends S3 a request; of a list, which names no key, it is another. */
const ofS3: Readonly<Record<string, string>> = {
  GET: "s3:GetObject",
  HEAD: "s3:GetObject",
  PUT: "s3:PutObject",
  DELETE: "s3:DeleteObject",
};

/** A bucket or key as functions/needs.ts calls it. */
const targetOf: Readonly<Record<string, string>> = {
  "wrapped-keys": "wrappedKeys",
  signer: "signerState",
};

/**
 * A door between one function and the stubs of what it reaches, which has `note` told each action and target that IAM would ask of the function's role: `s3:GetObject published`. What is not there
 * S3 shows only to who may list.
 */
export const serveBetween = (
  { s3, ...others }: Services,
  keyTarget: (keyId: string) => string,
  note: (asked: string) => void,
): Promise<Listening> =>
  listen("The door of a function", 0, async (request, response) => {
    const body = await buffer(request);
    const [service = "", operation] = String(request.headers["x-amz-target"] ?? "").split(".");
    const name = services[service.replace(/_.*$/, "")] as keyof typeof others | undefined;
    const answer = await forward(request, body, name === undefined ? s3 : others[name]);
    if (name === undefined) for (const one of askedOfS3(request, answer.status)) note(one);
    else note(`${name}:${operation} ${other(name, body, keyTarget)}`);
    response.writeHead(answer.status, answer.headers).end(answer.body);
  });

function askedOfS3({ url = "", method = "", headers }: IncomingMessage, status: number): string[] {
  const [path = ""] = url.split("?");
  const [, bucket = "", key = ""] = /^\/([^/]+)\/?(.*)$/.exec(path) ?? [];
  const on = targetOf[bucket] ?? bucket;
  if (key === "") return [`s3:ListBucket ${on}`];
  return [
    `${ofS3[method] ?? method} ${on}`,
    ...("x-amz-copy-source" in headers ? [`s3:GetObject ${on}`] : []),
    ...(status === 404 ? [`s3:ListBucket ${on}`] : []),
  ];
}

function other(name: keyof Services, body: Buffer, keyTarget: (keyId: string) => string): string {
  if (name === "kms") return keyTarget(JSON.parse(body.toString()).KeyId);
  const targets = { sqs: "nudges", events: "eventBus", secretsmanager: "screeningToken" } as const;
  return name === "s3" ? "" : targets[name];
}

const forward = ({ url, method, headers }: IncomingMessage, body: Buffer, to: string) =>
  new Promise<{ status: number; headers: IncomingHttpHeaders; body: Buffer }>((resolve, reject) => {
    const { hostname: host, port } = new URL(to);
    send({ host, port, path: url, method, headers }, async (answer) => {
      const { statusCode: status = 0, headers } = answer;
      resolve({ status, headers, body: await buffer(answer) });
    })
      .on("error", reject)
      .end(body);
  });

/** Of what a function asked, what its role may not. */
export const beyond = (name: FunctionName, asked: Iterable<string>): readonly string[] => {
  const may = new Set(needs[name].map(({ action, on }) => `${action} ${on}`));
  return [...asked].filter((one) => !may.has(one)).sort();
};
