import { S3Client } from "@aws-sdk/client-s3";
import { awsLimits } from "../../functions/adapters/aws-limits.ts";
import { localClientConfig } from "../../functions/adapters/aws-local.ts";
import { s3Evidence } from "../../functions/adapters/objects/evidence.ts";
import { wallClock } from "../../functions/http/clock.ts";
import { memoryStore } from "../../local/objects/memory.ts";
import { serveS3 } from "../../local/s3/serve.ts";
import type { EvidenceStore } from "../../shared/ports/evidence.ts";

/** The real adapter of documents on the stub of S3, over memory. */
export async function startDocuments() {
  const objects = memoryStore();
  const stub = await serveS3({ evidence: objects });
  const client = new S3Client({ ...awsLimits, ...localClientConfig(stub.url) });
  return {
    objects,
    store: s3Evidence(client, "evidence", wallClock),
    async stop(): Promise<void> {
      client.destroy();
      await stub.stop(0);
    },
  };
}

const unasked = (): never => {
  throw new Error("no document is part of this");
};

/** Where a test has no documents. */
export const noDocuments: EvidenceStore = {
  upload: unasked,
  uploaded: unasked,
  keep: unasked,
  download: unasked,
};
