import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { createDatabase } from "../local/postgres/database.ts";
import { startPostgres } from "../local/postgres/start.ts";
import { type BareSubmissions, bareSubmissions } from "./bare-submission.ts";
import type { Figure } from "./figure.ts";
import { type Client, closedLoop, openClient, openLoop, p99Of, type Work } from "./load.ts";
import { medianOf } from "./rate.ts";
import { startRunningPlatform } from "./running-platform.ts";
import { type Submitter, submitter } from "./submitter.ts";
import { untilIdle } from "./until-idle.ts";

const turns = 3;
const turnMs = 4_000;
/** Turns that don't count, at most; and a rate that is no higher than this times the one before it grows no more. */
const warmTurns = 8;
const stillGrowing = 1.1;
const workers = 32;
const pacedMs = 20_000;
/** Every fifth claim's receipt is waited for: at 50 claims a second or more two of them may take longer than their p99. Who waits asks, and that is load, too. */
const receiptOfEach = 5;

/**
 * The API as `npm start` serves it, jobs and ledger beside it, the load from this process: what it takes at most, beside the same transaction on bare `pg` and
 * beside bare node:http, in turns; then, at half of that, how long an acknowledgement and a signed receipt take. fsync on throughout. Nothing counts before
 * everybody's data keys are at hand and each of the three is as fast as it gets: a platform that was just started compiles while it answers.
 */
export async function* figures(): AsyncGenerator<Figure> {
  const folder = mkdtempSync(join(tmpdir(), "countersign-bench-"));
  const postgres = await startPostgres({ folder: join(folder, "postgres") });
  try {
    await createDatabase(postgres.superuserUrl("postgres"), "bench");
    const url = postgres.superuserUrl("bench");
    const platform = await startRunningPlatform(join(folder, "platform"), url);
    const server = new Worker(new URL("./bare-server.ts", import.meta.url));
    const client = openClient();
    try {
      const [port] = (await once(server, "message")) as [number];
      const api = submitter(client, platform);
      await api.warm();
      await untilIdle(url);
      const bare = await bareSubmissions(url);
      try {
        yield* measured(url, api, bare, bareHttp(client, port, api));
      } finally {
        await bare.end();
      }
    } finally {
      client.close();
      await server.terminate();
      await platform.stop();
    }
  } finally {
    await postgres.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

const bareHttp =
  (client: Client, port: number, { body, replyBytes }: Submitter) =>
  async (index: number): Promise<void> => {
    const headers = {
      "content-type": "application/json",
      "x-reply-bytes": String(replyBytes()),
    };
    const { status } = await client.post(`http://127.0.0.1:${port}/`, headers, body(index));
    if (status !== 201) throw new Error(`bare node:http: ${status}`);
  };

async function* measured(
  url: string,
  api: Submitter,
  bare: BareSubmissions,
  http: (index: number) => Promise<void>,
): AsyncGenerator<Figure> {
  for (const work of [api.submit, bare.submit, http]) await warm(work);
  await untilIdle(url);
  const rates = { api: [] as number[], bare: [] as number[], http: [] as number[] };
  for (let turn = 0; turn < turns; turn++) {
    rates.api.push(await closedLoop(api.submit, workers, turnMs));
    await untilIdle(url);
    rates.bare.push(await closedLoop(bare.submit, workers, turnMs));
    rates.http.push(await closedLoop(http, workers, turnMs / 2));
  }
  const peak = medianOf(rates.api);
  const one = { name: "api.submit", value: peak, unit: "claims/s" };
  const limit = medianOf(rates.bare);
  yield { ...one, limitName: "the same transaction on bare pg (aim: 0.6)", limit };
  const name = "api.submit beside node:http";
  yield { ...one, name, limitName: "bare node:http", limit: medianOf(rates.http) };
  const half = peak / 2;
  const receipts: Promise<number>[] = [];
  const acks = await openLoop(
    async (index) => {
      const waiting = await api.submitted(index);
      if (index % receiptOfEach === 0) receipts.push(waiting.receipt());
    },
    half,
    pacedMs,
  );
  const receiptMs = p99Of(await Promise.all(receipts));
  await untilIdle(url);
  const bareMs = p99Of(await openLoop(bare.submit, half, pacedMs));
  const unit = "ms";
  yield {
    name: "api.ack.p99",
    value: p99Of(acks),
    unit,
    limitName: "p99 of bare pg at the same rate, half of peak",
    limit: bareMs,
  };
  yield {
    name: "api.receipt.p99",
    value: receiptMs,
    unit,
    limitName: "stated: 1.5 s at half of peak",
    limit: 1_500,
  };
}

/** Does `work` until a turn is hardly faster than the one before it. */
async function warm(work: Work): Promise<void> {
  let before = 0;
  for (let turn = 0; turn < warmTurns; turn++) {
    const rate = await closedLoop(work, workers, turnMs / 2);
    if (rate <= before * stillGrowing) return;
    before = rate;
  }
}
