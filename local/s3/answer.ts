import { randomUUID } from "node:crypto";
import type { ServerResponse } from "node:http";

/** What S3 answers, before it is written: bytes, or the XML of an error or a list. */
export interface S3Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | string;
}

const statuses = {
  AccessDenied: 403,
  BadDigest: 400,
  EntityTooLarge: 400,
  InternalError: 500,
  InvalidArgument: 400,
  InvalidRange: 416,
  MethodNotAllowed: 405,
  NoSuchBucket: 404,
  NoSuchKey: 404,
  PreconditionFailed: 412,
  SignatureDoesNotMatch: 403,
  SlowDown: 503,
} as const;
export type S3ErrorCode = keyof typeof statuses;

const xmlHead = '<?xml version="1.0" encoding="UTF-8"?>\n';

/** S3's error (https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html): its code, and no more of the request than that. */
export const s3Error = (code: S3ErrorCode): S3Answer => ({
  status: statuses[code],
  headers: { "content-type": "application/xml" },
  body: `${xmlHead}<Error><Code>${code}</Code><Message>${code}</Message></Error>`,
});

/** What CopyObject answers. */
export const copyAnswer = (tag: string): S3Answer => ({
  status: 200,
  headers: { "content-type": "application/xml" },
  body: `${xmlHead}<CopyObjectResult><ETag>"${tag}"</ETag></CopyObjectResult>`,
});

/** A page of ListObjectsV2: the keys `coded` as a form's (`encoding-type=url`), or as XML has them. */
export function listAnswer(keys: readonly string[], more: boolean, coded: boolean): S3Answer {
  const written = keys.map(coded ? formCoded : escapeXml);
  const contents = written.map((key) => `<Contents><Key>${key}</Key></Contents>`).join("");
  const encoding = coded ? "<EncodingType>url</EncodingType>" : "";
  const last = more ? Buffer.from(keys.at(-1) ?? "").toString("base64") : undefined;
  const token = last === undefined ? "" : `<NextContinuationToken>${last}</NextContinuationToken>`;
  return {
    status: 200,
    headers: { "content-type": "application/xml" },
    body: `${xmlHead}<ListBucketResult>${encoding}<IsTruncated>${more}</IsTruncated>${token}${contents}</ListBucketResult>`,
  };
}

const formCoded = (key: string): string =>
  key.split("/").map(encodeURIComponent).join("/").replaceAll("%20", "+");
const escapeXml = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

/** Writes `answer`; a body that was not read ends the connection. */
export function sendS3(response: ServerResponse, { status, headers, body = "" }: S3Answer): void {
  if (!response.req.complete) response.setHeader("connection", "close");
  const bytes = typeof body === "string" ? Buffer.from(body) : body;
  response.writeHead(status, {
    "x-amz-request-id": randomUUID(),
    ...headers,
    ...(status === 204 ? {} : { "content-length": bytes.length }),
  });
  response.end(status === 204 || response.req.method === "HEAD" ? undefined : bytes);
}
