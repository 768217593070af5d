import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setImmediate as nextTurn, setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { catchUp } from "../../functions/self-audit/core.ts";
import { LogWatch } from "../../functions/self-audit/log-watch.ts";
import { payAll } from "../../local/demo/pay.ts";
import { approveAll } from "../../local/demo/payouts.ts";
import { startLedger } from "../../local/platform/ledger.ts";
import { selfAuditPorts, startSelfAudit } from "../../local/platform/self-audit.ts";
import { partClasses } from "../../shared/base/part-class.ts";
import { isRefusal } from "../../shared/base/refusal.ts";
import type { ExportRows } from "../../shared/ports/export.ts";
import type { ObjectStore } from "../../shared/ports/objects.ts";
import { insurers, type Walked, walkSmall } from "../bundle/small.ts";
import { cancelOn, eraseNow, someOperator, stepOn } from "../eraser/ends.ts";

let walked: Walked;
beforeAll(async () => {
  walked = await walkSmall(4);
  await drain();
});
afterAll(() => walked.close());

async function drain(): Promise<void> {
  const ledger = startLedger(
    walked.services,
    async () => insurers,
    () => undefined,
  );
  await ledger.drain(insurers, () => undefined);
  await ledger.stop();
}

interface Kept {
  readonly logs: readonly { readonly insurer: string; readonly entries: string }[];
}
const kept = (): Kept => JSON.parse(readFileSync(join(walked.folder, "self-audit.json"), "utf8"));
const until = async (holds: () => boolean): Promise<void> => {
  for (let left = 2_000; !holds() && left > 0; left--) await sleep(50);
  expect(holds()).toBe(true);
};

/** A store to read from, and every key that was asked of it. */
function watched(store: ObjectStore) {
  const got: string[] = [];
  const get: ObjectStore["get"] = (key) => {
    got.push(key);
    return store.get(key);
  };
  const list: ObjectStore["list"] = (prefix) => store.list(prefix);
  return { got, published: { get, list } as ObjectStore };
}

/** The log's first claimant: the claim paid and closed, the policy cancelled, then everything of theirs erased. */
async function eraseFirst(insurer: string): Promise<void> {
  const { services, stage, claims } = walked;
  const { ports, eraser } = services;
  const mine = claims.find(({ portfolio }) => portfolio.insurer === insurer);
  if (!mine) throw new Error("no claim was walked");
  await approveAll(ports, insurer, 2, () => undefined);
  const paying = { ports, pool: services.pools.app };
  const friendly = { bank: "friendly", seed: "1" } as const;
  await payAll(paying, stage.cast(insurer).releaser, walked.folder, friendly, () => undefined);
  const { insured, policy } = mine.portfolio;
  const operator = someOperator(ports, insurer);
  const over = [
    await stepOn(ports, operator, mine.claim, "close"),
    ...(policy ? [await cancelOn(ports, operator, stage.policies.get(policy) ?? "")] : []),
  ];
  expect(over.filter((each) => isRefusal(each))).toEqual([]);
  expect(await eraseNow(ports, eraser, insurer, stage.person(insured), partClasses)).toBe(
    over.length + 1,
  );
}

test("an erasure is no finding, whether the audit saw the records whole or starts after they were closed", async () => {
  const { services } = walked;
  const [first] = insurers;
  const from = selfAuditPorts(services);
  const keys = await from.logKeys(first);
  const before = new LogWatch(from, first, keys);
  expect(await catchUp(before, () => false)).toBe(0);
  await eraseFirst(first);
  await drain();
  expect(await catchUp(before, () => false)).toBe(0);
  const { published, got } = watched(from.published);
  const after = new LogWatch({ ...from, published }, first, keys);
  expect(await after.round()).toEqual([]);
  // What was read ahead is not fetched a second time.
  expect(got.filter((key) => key.includes("/tile/entries/"))).toHaveLength(1);
  expect([after.size, await catchUp(after, () => false)]).toEqual([before.size, 0]);
});

test("whoever shares the audit's thread has a turn after each entry, new or looked at once more", async () => {
  const [first] = insurers;
  const from = selfAuditPorts(walked.services);
  let turn = 0;
  const lastRead = new Map<bigint, number>();
  const rows: ExportRows = {
    ...from.rows,
    read: async (...range) =>
      (await from.rows.read(...range)).map((row) => ({
        ...row,
        get record() {
          lastRead.set(row.index, turn);
          return row.record;
        },
      })),
  };
  const watch = new LogWatch({ ...from, rows }, first, await from.logKeys(first));
  for (const round of ["new", "again"]) {
    let over = false;
    const ended = watch.round().finally(() => {
      over = true;
    });
    for (; !over; turn++) await nextTurn();
    await ended;
    expect([round, lastRead.size]).toEqual([round, Number(watch.size)]);
    expect([round, new Set(lastRead.values()).size]).toEqual([round, lastRead.size]);
    lastRead.clear();
  }
  expect(watch.size).toBeGreaterThan(10n);
});

test("a running platform audits itself: silent while all is well, an alarm that names the entry once a row is another", async () => {
  const { services, folder } = walked;
  const [first, second] = insurers;
  const lines: string[] = [];
  const audit = startSelfAudit(services, folder, (line) => lines.push(line), 50);
  const { rows } = await services.pools.app.query<{ insurer: string; size: bigint }>(
    "SELECT insurer, size FROM head",
  );
  const sizes = new Map(rows.map(({ insurer, size }) => [insurer, size.toString()]));
  await until(() => {
    try {
      return kept().logs.every(({ insurer, entries }) => sizes.get(insurer) === entries);
    } catch {
      return false;
    }
  });
  expect(lines).toEqual([]);
  const from = selfAuditPorts(services);
  const job = new LogWatch(from, first, await from.logKeys(first));
  expect(await catchUp(job, () => false)).toBe(0);
  expect(job.size.toString()).toBe(sizes.get(first));

  await services.pools.app.query(
    "UPDATE entry SET record = overlay(record placing '\\x39'::bytea from 60) WHERE insurer = $1 AND idx = 5",
    [first],
  );
  await until(() => lines.some((line) => /entry 5: row-differs/.test(line)));
  expect(await catchUp(job, () => false)).toEqual({
    alarm: "audit-finding",
    detail: expect.stringMatching(
      /^\d findings of the self-audit, the first at entry 5: row-differs$/,
    ),
  });
  await services.pools.app.query(
    `UPDATE sealed_part SET ciphertext = overlay(ciphertext placing '\\x00'::bytea from 20) WHERE insurer = $1
     AND (stream, version) = (SELECT stream, version FROM entry WHERE insurer = $1 AND idx = 4)`,
    [second],
  );
  await until(() => lines.some((line) => /entry 4: opening-differs/.test(line)));
  await audit.stop();
  // The kind and the place, and no value of either.
  const told = /^ALARM self-audit: small\.example\/\S+( entry \d+)?: [a-z-]+$/;
  for (const line of lines) expect(line).toMatch(told);
  const { logs } = JSON.parse(readFileSync(join(folder, "self-audit.json"), "utf8"));
  const fields = logs.flatMap(({ findings }: { findings: object[] }) => findings.map(Object.keys));
  expect(new Set(fields.flat())).toEqual(new Set(["origin", "index", "file", "code"]));
  expect(new Set(lines).size).toBe(lines.length);
});
