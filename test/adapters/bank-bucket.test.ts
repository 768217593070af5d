import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "@jest/globals";
import { awsLimits } from "../../functions/adapters/aws-limits.ts";
import { localClientConfig } from "../../functions/adapters/aws-local.ts";
import { requireMessageKey } from "../../functions/adapters/objects/key.ts";
import { s3Store } from "../../functions/adapters/objects/s3.ts";
import { openS3 } from "../../functions/adapters/objects/s3-client.ts";
import { s3Inbox } from "../../functions/adapters/objects/s3-inbox.ts";
import { fileRail } from "../../functions/adapters/rail/file-rail.ts";
import { friendly } from "../../local/bank/behaviour.ts";
import { takeTurn } from "../../local/bank/exchange.ts";
import { openBank } from "../../local/bank/stub.ts";
import { memoryStore } from "../../local/objects/memory.ts";
import { serveS3 } from "../../local/s3/serve.ts";
import { utf8 } from "../../shared/base/bytes.ts";
import { Unavailable } from "../../shared/ports/unavailable.ts";
import { leftBy, oddNames, railContract } from "../contract/rail.ts";

const ends: (() => Promise<unknown>)[] = [];
afterAll(async () => {
  for (const end of ends.reverse()) await end();
});

async function openBucket() {
  const home = await mkdtemp(join(tmpdir(), "bank-bucket-"));
  ends.push(() => rm(home, { recursive: true, force: true }));
  const bank = openBank(join(home, "bank"), friendly, () => 1_582_000_000_000_000n);
  ends.push(async () => bank.close());
  const bucket = memoryStore(requireMessageKey);
  const stub = await serveS3({ bank: bucket });
  ends.push(() => stub.stop(0));
  const client = openS3(awsLimits, localClientConfig(stub.url));
  ends.push(async () => client.close());
  const [out, inbox] = [s3Store(client, "bank", "out/"), s3Store(client, "bank", "in/")];
  return {
    rail: fileRail(out, s3Inbox(client, "bank")),
    bucket,
    stub,
    booked: bank.booked,
    turn: async () => void (await takeTurn(bank, { out, inbox })),
  };
}

railContract("bank bucket", openBucket);

test("what can't be read is set aside with its bytes, and one that is gone is fine", async () => {
  const { rail, bucket } = await openBucket();
  await bucket.putIfAbsent("in/acme/a.xml", utf8("<half"));
  await bucket.putIfAbsent("in/acme/a+1.xml", utf8("<plus"));
  await rail.setAside("acme", "a.xml");
  await rail.setAside("acme", "a.xml");
  await rail.setAside("acme", "a+1.xml");
  expect([...(await leftBy(rail, "acme")).keys()]).toEqual([]);
  expect((await bucket.get("unreadable/acme/a.xml"))?.bytes).toEqual(utf8("<half"));
  expect((await bucket.get("unreadable/acme/a+1.xml"))?.bytes).toEqual(utf8("<plus"));
  expect(await bucket.get("in/acme/a+1.xml")).toBeUndefined();
});

test("a message is read, acknowledged and set aside whatever its name is", async () => {
  const { rail, bucket } = await openBucket();
  for (const name of oddNames) await bucket.putIfAbsent(`in/acme/${name}`, utf8(name));
  const left = await leftBy(rail, "acme");
  expect([...left.keys()].sort()).toEqual([...oddNames].sort());
  for (const [name, bytes] of left) expect(Buffer.from(bytes).toString()).toBe(name);
  const [first, ...others] = oddNames;
  await rail.acknowledge("acme", first);
  expect([...(await leftBy(rail, "acme")).keys()].sort()).toEqual([...others].sort());
  for (const name of others) await rail.setAside("acme", name);
  expect((await leftBy(rail, "acme")).size).toBe(0);
  for (const name of others) {
    expect((await bucket.get(`unreadable/acme/${name}`))?.bytes).toEqual(utf8(name));
  }
  expect(await bucket.get(`unreadable/acme/${first}`)).toBeUndefined();
  // As long as a key of S3 may be: `unreadable/` before it would be too long.
  await bucket.putIfAbsent(`in/acme/${"ü".repeat(508)}`, utf8("long"));
  const [long = ""] = (await leftBy(rail, "acme")).keys();
  await rail.setAside("acme", long);
  expect((await leftBy(rail, "acme")).size).toBe(0);
});

test("what S3 did not copy stays in the inbox", async () => {
  const bucket = memoryStore(requireMessageKey);
  const stub = await serveS3({ bank: bucket });
  ends.push(() => stub.stop(0));
  const client = openS3(awsLimits, localClientConfig(stub.url));
  ends.push(async () => client.close());
  await bucket.putIfAbsent("in/acme/a+1.xml", utf8("<plus"));
  // As S3 takes a name that was not escaped: there is no such object.
  const send: typeof client.send = ({ headers, ...request }) => {
    const source = headers?.["x-amz-copy-source"]?.replaceAll("%2B", "+");
    return client.send({
      ...request,
      headers: { ...headers, ...(source && { "x-amz-copy-source": source }) },
    });
  };
  await s3Inbox({ send, read: client.read }, "bank").setAside("acme/a+1.xml");
  expect((await bucket.get("in/acme/a+1.xml"))?.bytes).toEqual(utf8("<plus"));
});

test("a bucket that does not answer is Unavailable, not an empty inbox", async () => {
  const { rail, stub } = await openBucket();
  await stub.stop(0);
  await expect(leftBy(rail, "acme")).rejects.toThrow(Unavailable);
});
