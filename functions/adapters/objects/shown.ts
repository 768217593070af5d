import { shownHeaders } from "../../../shared/api/log-path.ts";
import type { S3 } from "./s3-client.ts";

/** `client` for buckets of published files: what it puts carries the headers that HTTP shows it with, for a CDN serves objects as each says itself. */
export const shown = (client: Pick<S3, "send">): Pick<S3, "send"> => ({
  send: (request) => {
    if (request.method !== "PUT") return client.send(request);
    const headers = { ...shownHeaders(request.key), ...request.headers };
    return client.send({ ...request, headers });
  },
});
