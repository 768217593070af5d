import { createHash } from "node:crypto";
import process from "node:process";
import type { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { SignatureV4 } from "@smithy/signature-v4";
import { mayPass } from "../aws-error.ts";
import type { awsLimits } from "../aws-limits.ts";
import { Sha256 } from "../checksum.ts";
import { defaultProvider } from "../lambda-credentials.ts";

/** One request to S3. */
export interface S3Request {
  readonly method: "GET" | "HEAD" | "PUT" | "DELETE";
  readonly bucket: string;
  /** Empty: the bucket itself. */
  readonly key: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
}

/** What S3 answered with a status below 300; header names in lower case. */
export interface S3Answer {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** S3, as one caller of one region. */
export interface S3 {
  /** Sends a request, again where that may help. Throws what S3 refused under its own name, with the status and the number of attempts as the SDK has them. */
  send(request: S3Request): Promise<S3Answer>;
  /** {@link S3.send} of a GET whose body comes as S3 sends it. */
  read(request: S3Request): Promise<{ readonly body: AsyncIterable<Uint8Array> }>;
  /** A URL by which anyone may send that request, once it has the headers given, for `seconds`. */
  presign(request: S3Request, seconds: number): Promise<string>;
  close(): void;
}

type Limits = Pick<typeof awsLimits, "requestHandler"> & { readonly maxAttempts: number };

/** Where S3 is and who asks: without them as Lambda's environment says. */
export interface S3Config {
  readonly region?: string;
  readonly endpoint?: string | undefined;
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/** What S3 answers with a status of 300 or above; `attempts` says how often it was asked. */
class S3Error extends Error {
  readonly $metadata: { readonly httpStatusCode: number; attempts: number };
  /** When S3 says it answered, in ms since 1970; NaN where it doesn't. */
  readonly answeredMs: number;
  constructor(code: string, status: number, date = "") {
    super(`S3 answered ${status} ${code}`);
    this.name = code;
    this.answeredMs = Date.parse(date);
    this.$metadata = { httpStatusCode: status, attempts: 1 };
  }
}

const payloadHash = "x-amz-content-sha256";
const firstPauseMs = 100;
const longestPauseMs = 2_000;

/**
 * S3 over HTTPS with the SDK's own signer (Signature Version 4) and HTTP handler, and none of the SDK's client, whose hundred operations weigh more than a
 * function does (ADR 0011). `limits` are those of every other client: attempts with full jitter, and how long one may take. A body goes under its SHA-256, which S3 checks.
 */
export function openS3(limits: Limits, config: S3Config = {}): S3 {
  const region = config.region ?? process.env.AWS_REGION ?? "us-east-1";
  const endpoint = config.endpoint ?? process.env.AWS_ENDPOINT_URL_S3;
  // A body that stops coming is as much of an outage as an answer that never begins.
  const socketTimeout = limits.requestHandler.requestTimeout;
  const handler = new NodeHttpHandler({ ...limits.requestHandler, socketTimeout });
  const signer = new SignatureV4({
    service: "s3",
    region,
    credentials: config.credentials ?? defaultProvider(),
    sha256: Sha256,
    uriEscapePath: false,
  });
  /** How far S3's clock is ahead of this one, as far as it refused what was signed by this one. */
  let aheadMs = 0;
  /** Whether `error` is S3's word that our clock is wrong by more than it takes, from which the right time is known. */
  const setsClock = (error: unknown): boolean => {
    if (!(error instanceof S3Error) || error.name !== "RequestTimeTooSkewed") return false;
    if (Number.isNaN(error.answeredMs)) return false;
    aheadMs = error.answeredMs - Date.now();
    return true;
  };
  const begin = async (request: S3Request) => {
    const signed = await signer.sign(httpRequest(region, endpoint, request), {
      signingDate: new Date(Date.now() + aheadMs),
    });
    const { response } = await handler.handle(signed as never);
    const body = response.body as Readable;
    if (response.statusCode < 300) return { headers: response.headers, body };
    const code = codeOf(response.statusCode, await buffer(body));
    throw new S3Error(code, response.statusCode, response.headers.date);
  };
  const once = async (request: S3Request): Promise<S3Answer> => {
    const { headers, body: coming } = await begin(request);
    const body = await buffer(coming);
    if (isLateError(request, body)) throw new S3Error(codeOf(200, body), 500);
    return { headers, body };
  };
  const patiently = async <T>(call: () => Promise<T>): Promise<T> => {
    for (let attempts = 1; ; attempts++) {
      try {
        return await call();
      } catch (error) {
        if (error instanceof S3Error) error.$metadata.attempts = attempts;
        if (attempts >= limits.maxAttempts || !(setsClock(error) || mayPass(error))) throw error;
        const most = Math.min(firstPauseMs * 2 ** attempts, longestPauseMs);
        await sleep(Math.random() * most);
      }
    }
  };
  return {
    send: (request) => patiently(() => once(request)),
    read: (request) => patiently(() => begin(request)),
    presign: async (request, seconds) => {
      const plain = httpRequest(region, endpoint, request);
      const own = Object.keys(request.headers ?? {});
      const unsigned = {
        ...plain,
        headers: { ...plain.headers, [payloadHash]: "UNSIGNED-PAYLOAD" },
      };
      const signed = await signer.presign(unsigned as never, {
        signingDate: new Date(Date.now() + aheadMs),
        expiresIn: seconds,
        signableHeaders: new Set([...own, "host"]),
        unhoistableHeaders: new Set(own),
      });
      const query = new URLSearchParams(signed.query as Record<string, string>);
      const port = signed.port === undefined ? "" : `:${signed.port}`;
      return `${signed.protocol}//${signed.hostname}${port}${signed.path}?${query}`;
    },
    close: () => handler.destroy(),
  };
}

/** The request as it is signed: path-style at an endpoint of one's own, else to the bucket's own host. */
function httpRequest(region: string, endpoint: string | undefined, request: S3Request) {
  const { method, bucket, key, query = {}, headers = {}, body } = request;
  const suffix = region.startsWith("cn-") ? "amazonaws.com.cn" : "amazonaws.com";
  const { protocol, hostname, port, host } = new URL(
    endpoint ?? `https://${bucket}.s3.${region}.${suffix}`,
  );
  const under = escaped(key);
  const hash = createHash("sha256")
    .update(body ?? "")
    .digest();
  return {
    method,
    protocol,
    hostname,
    ...(port === "" ? {} : { port: Number(port) }),
    path: endpoint === undefined ? `/${under}` : `/${bucket}/${under}`,
    query: { ...query },
    headers: {
      ...headers,
      host,
      [payloadHash]: hash.toString("hex"),
      ...(body && {
        "content-length": String(body.byteLength),
        // S3 asks for a checksum of what is locked, by its name, and the hash of the payload is none.
        "x-amz-sdk-checksum-algorithm": "SHA256",
        "x-amz-checksum-sha256": hash.toString("base64"),
      }),
    },
    ...(body && { body }),
  };
}

/** Each part of a key as it stands in a URL that is signed: all but unreserved characters (RFC 3986 §2.3), of which JavaScript leaves five too many. */
const escaped = (key: string): string =>
  key
    .split("/")
    .map(encodeURIComponent)
    .join("/")
    .replace(/[!'()*]/g, hexEscape);
const hexEscape = (character: string): string =>
  `%${character.charCodeAt(0).toString(16).toUpperCase()}`;

/** The headers of a PUT that copies `key` of `bucket`: S3 decodes that name as of a form, so that a bare plus sign would be a space. */
export const copyOf = (bucket: string, key: string) => ({
  "x-amz-copy-source": `${bucket}/${escaped(key)}`,
});

/** S3 begins to answer a copy with 200 and may still fail. */
const isLateError = ({ headers }: S3Request, body: Buffer): boolean =>
  headers?.["x-amz-copy-source"] !== undefined && body.includes("<Error>");

/** S3's own name of what went wrong; the answer to HEAD has no body to say it in. */
const codeOf = (status: number, body: Buffer): string =>
  /<Code>([A-Za-z0-9]{1,64})<\/Code>/.exec(body.toString("utf8", 0, 4096))?.[1] ??
  (status === 404 ? "NotFound" : "UnknownError");
