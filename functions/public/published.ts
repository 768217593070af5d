import type { LogFile } from "../../shared/api/log-path.ts";
import { Malformed } from "../../shared/base/malformed.ts";
import { type Refusal, refuse } from "../../shared/base/refusal.ts";
import type { ObjectStore } from "../../shared/ports/objects.ts";
import type { HttpReply } from "../http/reply.ts";

const nothing = new Uint8Array();

/**
 * A file of a published log: 200, 304 if `ifNoneMatch` names its tag, "not-found" where there is none, or where `fileAt` throws Malformed, as for any
 * path that is not one a log's formats write. Throws Unavailable.
 */
export async function publishedFile(
  published: Pick<ObjectStore, "get">,
  fileAt: () => LogFile,
  ifNoneMatch: string | undefined,
): Promise<HttpReply | Refusal> {
  const file = unlessMalformed(fileAt);
  const object = file && (await published.get(file.key));
  if (!file || !object) return refuse("not-found", "The log has no such file.");
  const etag = `"${object.tag.replaceAll('"', "")}"`;
  const caching = { etag, "cache-control": file.cacheControl };
  if (ifNoneMatch?.split(/\s*,\s*/).includes(etag)) {
    return { status: 304, headers: caching, body: nothing };
  }
  const headers = { ...caching, "content-type": file.contentType };
  return { status: 200, headers, body: object.bytes };
}

function unlessMalformed(fileAt: () => LogFile): LogFile | undefined {
  try {
    return fileAt();
  } catch (error) {
    if (error instanceof Malformed) return undefined;
    throw error;
  }
}
