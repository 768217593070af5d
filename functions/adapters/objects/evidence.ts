import {
  CopyObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
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

/** What the role that calls this adapter must be allowed, and passes on by what it signs. */
export const needs = [
  { action: "s3:GetObject", resource: "objects under the prefix" },
  { action: "s3:PutObject", resource: "objects under the prefix" },
  { action: "s3:ListBucket", resource: "bucket" },
] as const;

const expiresInSeconds = 900;

/** Headers that are signed as they must be sent: what is in the query instead binds nobody. */
const uploadHeaders = ["content-length", "content-type", "if-none-match", "x-amz-checksum-sha256"];

/**
 * Documents in `bucket`. An upload is `PutObject` with a checksum, length, type and `If-None-Match: *` under the signature (SigV4 query), so that S3 itself takes
 * nothing else, and once; for 15 minutes. Nothing is deleted here: what waits goes by the bucket's lifecycle. `now` is the caller's clock.
 */
export function s3Evidence(client: S3Client, bucket: string, now: () => Instant): EvidenceStore {
  const at = (state: "kept" | "incoming", place: EvidencePlace) => ({
    Bucket: bucket,
    Key: evidenceKey(state, place),
  });
  const until = (): Instant => now() + BigInt(expiresInSeconds) * 1_000_000n;
  return {
    upload: async (place, { sha256, sizeBytes, contentType }): Promise<PresignedRequest> => {
      const checksum = toBase64(fromHex(sha256, "sha256"));
      const put = new PutObjectCommand({
        ...at("incoming", place),
        ContentLength: Number(sizeBytes),
        ContentType: contentType,
        ChecksumSHA256: checksum,
        IfNoneMatch: "*",
      });
      const url = await getSignedUrl(client, put, {
        expiresIn: expiresInSeconds,
        signableHeaders: new Set([...uploadHeaders, "host"]),
        unhoistableHeaders: new Set(uploadHeaders),
      });
      const headers = {
        "content-length": sizeBytes.toString(),
        "content-type": contentType,
        "if-none-match": "*",
        "x-amz-checksum-sha256": checksum,
      };
      return { method: "PUT", url, headers, expiresAt: until() };
    },
    uploaded: async (place) => {
      return (
        (await headOf(client, at("kept", place))) ?? (await headOf(client, at("incoming", place)))
      );
    },
    keep: (place) =>
      translated("s3", async () => {
        const kept = at("kept", place);
        if (await headOf(client, kept)) return;
        const CopySource = `${bucket}/${at("incoming", place).Key}`;
        await client.send(
          new CopyObjectCommand({ ...kept, CopySource, ChecksumAlgorithm: "SHA256" }),
        );
      }),
    download: async (place, contentType) => {
      const get = new GetObjectCommand({
        ...at("kept", place),
        ResponseContentType: contentType,
        ResponseContentDisposition: "attachment",
        ResponseCacheControl: "no-store",
      });
      const url = await getSignedUrl(client, get, { expiresIn: expiresInSeconds });
      return { method: "GET", url, headers: {}, expiresAt: until() };
    },
  };
}

/** The SHA-256 S3 keeps of an object's bytes, and their number; undefined where there is none. */
async function headOf(client: S3Client, place: { readonly Bucket: string; readonly Key: string }) {
  return translated("s3", async () => {
    try {
      const head = new HeadObjectCommand({ ...place, ChecksumMode: "ENABLED" });
      const { ChecksumSHA256: checksum, ContentLength: length } = await client.send(head);
      assert(checksum !== undefined && length !== undefined, "S3 has a checksum and a length");
      return { sha256: toHex(fromBase64(checksum, "checksum")), sizeBytes: BigInt(length) };
    } catch (error) {
      const name = awsErrorName(error);
      if (name === "NotFound" || name === "NoSuchKey") return undefined;
      throw error;
    }
  });
}
