import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { openPool, type Pool } from "../../functions/adapters/postgres/pool.ts";
import { committedEntries } from "../../functions/adapters/postgres/publishing.ts";
import { tlogEngine } from "../../functions/adapters/tlog/engine.ts";
import { advance } from "../../functions/publisher/advance.ts";
import type { LogPorts } from "../../functions/publisher/ports.ts";
import type { TrailFields } from "../../functions/sequencer/trail.ts";
import { initSigner, signingGate } from "../../functions/signer/core.ts";
import { memoryStore } from "../../local/objects/memory.ts";
import { fromHex } from "../../shared/base/bytes.ts";
import { dayOf } from "../../shared/base/day.ts";
import { leafHash } from "../../shared/log/hash.ts";
import type { ObjectStore } from "../../shared/ports/objects.ts";
import { openInsurer } from "../command/platform.ts";
import { claimBody, person, type Served, startServed } from "../http/served.ts";
import { checkpointKeyOf, logSigners } from "../log/signers.ts";

/* One trace from the request's answer to the checkpoint that shows its record: by lines of logs, never by anything published. */

const insurer = "acme";
const signers = logSigners(`test.countersign.example/${insurer}`, 3);
const trace = "4bf92f3577b34da6a3ce929d0e0e4736";
const traceparent = `00-${trace}-00f067aa0ba902b7-01`;
const tracestate = "congo=t61rcWkgMzE";

let served: Served;
let policy = "";
let pools: Pool[] = [];
const sealed = memoryStore();
const said: [message: string, fields: TrailFields][] = [];

beforeAll(async () => {
  served = await startServed();
  const opened = await openInsurer(served.ports, { insurer });
  policy = opened.policy;
  served.enrol(person("amina", insurer, "claimant", opened.insured));
});
afterAll(async () => {
  for (const pool of pools) await pool.end();
  await served?.close();
});

const submit = (headers: Record<string, string>) =>
  served.post("amina", "/claims", claimBody(insurer, policy), headers);

let ports: LogPorts;
beforeAll(async () => {
  const open = (role: "sequencer" | "publisher") =>
    openPool({ url: served.databaseUrl(role), max: 2 });
  const [sequencer, publisher] = [open("sequencer"), open("publisher")];
  pools = [sequencer, publisher];
  const { originOf, clock } = served.ports;
  const engine = tlogEngine({ pool: sequencer, clock });
  const signed = memoryStore();
  await initSigner(signed, insurer);
  const keys = signers.map(checkpointKeyOf);
  ports = {
    engine,
    gate: signingGate({ store: signed, keys, extend: engine.extend, originOf, clock }),
    committed: committedEntries(publisher),
    ...{ published: served.published, live: served.published, sealed },
    today: () => dayOf(clock()),
    logKeys: async () => signers.map(({ key }) => key),
    trail: (message, fields) => void said.push([message, fields]),
  };
});

async function* bytesIn(...stores: ObjectStore[]): AsyncIterable<Buffer> {
  for (const store of stores) {
    for await (const key of store.list("")) {
      yield Buffer.concat([Buffer.from(key), (await store.get(key))?.bytes ?? Buffer.alloc(0)]);
    }
  }
}

test("a request's trace is named where its record was placed and where it was published, and stands in nothing that is published", async () => {
  const refused = await served.post("amina", "/claims", {}, { traceparent });
  expect(await refused.json()).toMatchObject({ status: 400, traceId: trace });
  for (const headers of [
    { traceparent, tracestate },
    { traceparent: traceparent.toUpperCase(), tracestate },
    {},
  ]) {
    expect((await submit(headers)).status).toBe(201);
  }
  const [answered, restarted, own] = served.lines.slice(-3).map(({ traceId }) => traceId);
  expect(answered).toBe(trace);
  expect(new Set([trace, restarted, own]).size).toBe(3);

  const { rows: waiting } = await served.pool.query<{ traceparent: string | null }>(
    "SELECT traceparent FROM outbox WHERE traceparent IS NOT NULL ORDER BY ord",
  );
  const spans = waiting.map(({ traceparent }) => traceparent?.split("-")[2] ?? "");
  expect(waiting.map(({ traceparent }) => traceparent)).toEqual([
    `00-${trace}-${spans[0]}-01`,
    `00-${restarted}-${spans[1]}-00`,
    `00-${own}-${spans[2]}-00`,
  ]);
  expect(new Set([...spans, "00f067aa0ba902b7"]).size).toBe(4);

  const done = await advance(ports, insurer);
  if ("alarm" in done) throw new Error(done.detail);
  const entries = Number(done.size);
  const traces = { traceIds: [trace, restarted, own], traces: 3 };
  // The operator who opened the insurer sent no request: of those records nothing is named.
  expect(entries).toBeGreaterThan(3);
  expect(said).toEqual([
    ["placed", { insurer, entries, first: "0", ...traces }],
    ["published", { insurer, entries, size: String(entries), ...traces }],
  ]);

  const secrets = [...traces.traceIds.map(String), ...spans, "00f067aa0ba902b7"].flatMap((id) => [
    Buffer.from(id),
    Buffer.from(fromHex(id, "id")),
  ]);
  let files = 0;
  for await (const bytes of bytesIn(served.published, sealed)) {
    files++;
    for (const secret of [...secrets, Buffer.from("congo")])
      expect(bytes.includes(secret)).toBe(false);
  }
  expect(files).toBeGreaterThan(4);
  const { rows } = await served.pool.query<{ record: Uint8Array; leaf: Uint8Array }>(
    "SELECT record, leaf_hash AS leaf FROM entry WHERE traceparent IS NOT NULL",
  );
  expect(rows).toHaveLength(3);
  for (const { record, leaf } of rows) {
    expect(Buffer.from(leafHash(record)).equals(leaf)).toBe(true);
    for (const secret of secrets) expect(Buffer.from(record).includes(secret)).toBe(false);
  }
});

test("nobody is told again of what is published already", async () => {
  said.length = 0;
  expect(await advance(ports, insurer)).toMatchObject({ placed: 0 });
  expect(said).toEqual([]);
});
