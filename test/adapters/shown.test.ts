import { expect, test } from "@jest/globals";
import { s3Store } from "../../functions/adapters/objects/s3.ts";
import type { S3Request } from "../../functions/adapters/objects/s3-client.ts";
import { shown } from "../../functions/adapters/objects/shown.ts";
import { servedFile, shownHeaders } from "../../shared/api/log-path.ts";
import { routeTable } from "../../shared/api/routes.ts";

const examples = routeTable.flatMap(({ audience, example }) =>
  audience === "published" ? [example.path] : [],
);

test.each([...examples, "/.well-known/countersign/acme.require", "/logs/acme/checkpoint"])(
  "%s is put with the type and the life that HTTP shows it with",
  (path) => {
    const { key, contentType, cacheControl } = servedFile(path);
    expect(shownHeaders(key)).toEqual({
      "content-type": contentType,
      "cache-control": cacheControl,
    });
  },
);

test("an entry bundle is kept by no cache, and what has no path has no headers", () => {
  expect(shownHeaders("acme/tile/entries/000")["cache-control"]).toBe("private, no-store");
  for (const key of ["acme/edges/2026-11-26/checkpoint", "acme/log.key", "acme", ""]) {
    expect(shownHeaders(key)).toEqual({});
  }
});

test("puts carry them beside their own condition; reads are as they were", async () => {
  const sent: S3Request[] = [];
  const client = {
    send: async (request: S3Request) => {
      sent.push(request);
      return { headers: { etag: '"1"' }, body: new Uint8Array() };
    },
  };
  const store = s3Store(shown(client), "published", "");
  await store.putIfAbsent("acme/tile/0/000", new Uint8Array(1));
  await store.replace("acme/checkpoint", new Uint8Array(1), '"1"');
  await store.get("acme/checkpoint");
  expect(sent.map(({ headers }) => headers)).toEqual([
    {
      ...{ "content-type": "application/octet-stream", "if-none-match": "*" },
      "cache-control": "public, max-age=31536000, immutable",
    },
    {
      ...{ "content-type": "text/plain; charset=utf-8", "if-match": '"1"' },
      "cache-control": "no-cache",
    },
    undefined,
  ]);
});
