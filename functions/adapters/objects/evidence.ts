import { fromBase64, fromHex, toBase64, toHex } from "../../../shared/base/bytes.ts";
import type { Instant } from "../../../shared/base/instant.ts";
import { assert } from "../../../shared/base/malformed.ts";
import {
  type EvidencePlace,
  type EvidenceStore,
  evidenceKey,
  type PresignedRequest,
} from "../../../shared/ports/evidence.ts";
import { awsErrorName, translated } from "../aws-error.ts";
import { copyOf, type S3, type S3Request } from "./s3-client.ts";

/** What the role that calls this adapter must be allowed, and passes on by what it signs. */
export const needs = [
  { action: "s3:GetObject", resource: "objects under the prefix" },
  { action: "s3:PutObject", resource: "objects under the prefix" },
  { action: "s3:ListBucket", resource: "bucket" },
] as const;

const expiresInSeconds = 900;

/**
 * Documents in `bucket`. An upload is `PutObject` with a checksum, length, type and `If-None-Match: *` under the signature (SigV4 query), so that S3 itself takes
 * nothing else, and once; for 15 minutes. Nothing is deleted here: what waits goes by the bucket's lifecycle. `now` is the caller's clock.
 */
export function s3Evidence(client: S3, bucket: string, now: () => Instant): EvidenceStore {
  const at = (
    method: S3Request["method"],
    state: "kept" | "incoming",
    place: EvidencePlace,
  ): S3Request => ({ method, bucket, key: evidenceKey(state, place) });
  const until = (): Instant => now() + BigInt(expiresInSeconds) * 1_000_000n;
  return {
    upload: async (place, { sha256, sizeBytes, contentType }): Promise<PresignedRequest> => {
      // Headers, signed as they must be sent: what is in the query instead binds nobody.
      const headers = {
        "content-length": sizeBytes.toString(),
        "content-type": contentType,
        "if-none-match": "*",
        "x-amz-checksum-sha256": toBase64(fromHex(sha256, "sha256")),
      };
      const put = { ...at("PUT", "incoming", place), headers };
      const url = await client.presign(put, expiresInSeconds);
      return { method: "PUT", url, headers, expiresAt: until() };
    },
    uploaded: async (place) =>
      (await headOf(client, at("HEAD", "kept", place))) ??
      (await headOf(client, at("HEAD", "incoming", place))),
    keep: (place) =>
      translated("s3", async () => {
        if (await headOf(client, at("HEAD", "kept", place))) return;
        const headers = {
          ...copyOf(bucket, evidenceKey("incoming", place)),
          "x-amz-checksum-algorithm": "SHA256",
        };
        await client.send({ ...at("PUT", "kept", place), headers });
      }),
    download: async (place, contentType) => {
      const query = {
        "response-cache-control": "no-store",
        "response-content-disposition": "attachment",
        "response-content-type": contentType,
      };
      const get = { ...at("GET", "kept", place), query };
      const url = await client.presign(get, expiresInSeconds);
      return { method: "GET", url, headers: {}, expiresAt: until() };
    },
  };
}

/** The SHA-256 S3 keeps of an object's bytes, and their number; undefined where there is none. */
async function headOf(client: Pick<S3, "send">, request: S3Request) {
  return translated("s3", async () => {
    try {
      const asked = { ...request, headers: { "x-amz-checksum-mode": "ENABLED" } };
      const { headers } = await client.send(asked);
      const { "x-amz-checksum-sha256": checksum, "content-length": length } = headers;
      assert(checksum !== undefined && length !== undefined, "S3 has a checksum and a length");
      return { sha256: toHex(fromBase64(checksum, "checksum")), sizeBytes: BigInt(length) };
    } catch (error) {
      const name = awsErrorName(error);
      if (name === "NotFound" || name === "NoSuchKey") return undefined;
      throw error;
    }
  });
}
