import type { Instant } from "../../../shared/base/instant.ts";
import { assert } from "../../../shared/base/malformed.ts";
import { type EvidencePlace, evidenceKey } from "../../../shared/ports/evidence.ts";
import type { Uploads } from "../../../shared/ports/uploads.ts";
import { awsErrorName, translated } from "../aws-error.ts";
import { s3Evidence } from "./evidence.ts";
import type { S3, S3Request } from "./s3-client.ts";

/** What the role that calls this adapter must be allowed, beside what documents of claims need. */
export const needs = [
  { action: "s3:GetObject", resource: "objects under the prefix" },
  { action: "s3:ListBucket", resource: "bucket" },
  { action: "s3:DeleteObject", resource: "objects under the prefix" },
] as const;

/**
 * Files uploaded for jobs, in `bucket`: put as documents of claims are ({@link s3Evidence}), read by ranges (RFC 9110 §14.1.2), deleted when done. `now` is
 * the caller's clock.
 */
export function s3Uploads(client: S3, bucket: string, now: () => Instant): Uploads {
  const { upload, uploaded } = s3Evidence(client, bucket, now);
  const at = (method: S3Request["method"], place: EvidencePlace): S3Request => ({
    method,
    bucket,
    key: evidenceKey("incoming", place),
  });
  return {
    upload,
    uploaded,
    read: (place, from, to) =>
      translated("s3", async () => {
        const headers = { range: `bytes=${from}-${to - 1}` };
        try {
          const { body: bytes } = await client.send({ ...at("GET", place), headers });
          assert(bytes.length === to - from, "S3 gives the range that was asked for");
          return bytes;
        } catch (error) {
          if (awsErrorName(error) === "NoSuchKey") return undefined;
          throw error;
        }
      }),
    remove: (place) => translated("s3", async () => void (await client.send(at("DELETE", place)))),
  };
}
