import { awsLimits } from "../../functions/adapters/aws-limits.ts";
import { localClientConfig } from "../../functions/adapters/aws-local.ts";
import { s3Evidence } from "../../functions/adapters/objects/evidence.ts";
import { openS3 } from "../../functions/adapters/objects/s3-client.ts";
import { s3Uploads } from "../../functions/adapters/objects/uploads.ts";
import { wallClock } from "../../functions/http/clock.ts";
import { memoryStore } from "../../local/objects/memory.ts";
import { serveS3 } from "../../local/s3/serve.ts";
import type { EvidenceStore } from "../../shared/ports/evidence.ts";

/** The real adapters of documents and of files for jobs on the stub of S3, over memory. */
export async function startDocuments() {
  const objects = memoryStore();
  const jobs = memoryStore();
  const stub = await serveS3({ evidence: objects, jobs });
  const client = openS3(awsLimits, localClientConfig(stub.url));
  return {
    objects,
    store: s3Evidence(client, "evidence", wallClock),
    jobs,
    uploads: s3Uploads(client, "jobs", wallClock),
    async stop(): Promise<void> {
      client.close();
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

/** Where a test has no jobs of insurers. */
export const noJobs = () => ({ jobs: memoryStore(), uploads: noDocuments });
