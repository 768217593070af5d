import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { newHandle } from "../../functions/command/handle.ts";
import { forgetJobs } from "../../functions/eraser/effects.ts";
import { shadowWaiting } from "../../functions/shadow/core.ts";
import { pastLog } from "../../functions/shadow/past-log.ts";
import type { ShadowPorts } from "../../functions/shadow/ports.ts";
import { shadowLog } from "../../functions/shadow/shadow-log.ts";
import { startLedger } from "../../local/platform/ledger.ts";
import { exporterPorts } from "../../local/platform/periodic.ts";
import { routes } from "../../shared/api/routes.ts";
import { totalsOf } from "../../shared/audit/shadow-totals.ts";
import { formatAmount } from "../../shared/base/money.ts";
import { compilePack } from "../../shared/coverage/compile.ts";
import { type Pack, packBytes, parsePublishedPack, readPack } from "../../shared/coverage/pack.ts";
import type { Principal } from "../../shared/ports/claims.ts";
import { Unavailable } from "../../shared/ports/unavailable.ts";
import { insurerOf } from "../auditor/asking.ts";
import { insurers, type Walked, walkSmall } from "../bundle/small.ts";
import { random } from "../command/platform.ts";

/*
 * A draft over a log that took its whole walk: published, signed, with decisions of the pack it is the next version of.
 */
const [here, elsewhere] = insurers;
let walked: Walked;
let asking: ReturnType<typeof insurerOf>;
let ports: ShadowPorts;
let pack: Pack;
const someone = (insurer: string, role: Principal["role"]): Principal => ({
  ...{ insurer, role, kind: "person" },
  person: newHandle(random),
});
beforeAll(async () => {
  walked = await walkSmall(8);
  const { services } = walked;
  const ledger = startLedger(
    services,
    async () => [...insurers],
    () => undefined,
  );
  await ledger.drain([...insurers], () => undefined);
  await ledger.stop();
  asking = insurerOf(services, [
    ["uma", someone(here, "underwriter")],
    ["ugo", someone(here, "underwriter")],
    ["ada", someone(here, "adjuster")],
    ["foreign", someone(elsewhere, "underwriter")],
  ]);
  const { jobs } = services;
  ports = { ...exporterPorts(services), jobs, sleep: async () => undefined };
  const packs: Pack[] = [];
  for await (const key of services.published.list(`${here}/packs/`)) {
    const text = await services.published.get(key);
    if (text) packs.push(parsePublishedPack(text.bytes));
  }
  const [newest] = packs.sort((a, b) => b.version - a.version);
  if (!newest) throw new Error("a pack is published");
  pack = newest;
});
afterAll(() => walked?.close());

/** The pack's next version: what it paid goes to a person. */
const referring = (): Pack =>
  readPack({
    ...JSON.parse(Buffer.from(packBytes(pack)).toString()),
    version: pack.version + 1,
    retroactive: { reason: "to look at it" },
    rules: [
      {
        ...{ id: "all-referred", when: "true", reasonCode: "ALL_REFERRED" },
        ["then" as string]: "REFER",
        citation: { clause: "0", text: "All of it." },
      },
    ],
    parameters: {},
    tables: {},
    cases: [],
  });

const drafted = async (text: string): Promise<string> => {
  const { json } = await asking.ask("uma", `/insurers/${here}/drafts`, {
    body: { text },
    key: newHandle(random),
  });
  return `/insurers/${here}/drafts/${json.draft}/shadows`;
};
const ask = (path: string, as = "uma", key = newHandle(random)) =>
  asking.ask(as, path, { body: {}, key });
const run = (more: Partial<ShadowPorts> = {}) =>
  shadowWaiting({ ...ports, ...more }, walked.services.ports.clock());
const runIn = (minutes: number, more: Partial<ShadowPorts> = {}) =>
  shadowWaiting(
    { ...ports, ...more },
    walked.services.ports.clock() + BigInt(minutes) * 60_000_000n,
  );
const read = async (path: string, as = "uma") => (await asking.ask(as, path)).json;

describe("a draft's shadow", () => {
  test("says which past decisions would change, from what to what, and sums by currency: what the auditor's fold says, and no amount of one claim", async () => {
    const draft = referring();
    const at = await drafted(Buffer.from(packBytes(draft)).toString());
    const key = newHandle(random);
    const asked = await ask(at, "uma", key);
    expect([asked.status, asked.json.state]).toEqual([202, "waiting"]);
    expect(routes.shadowDraft.replies[202]?.schema?.safeParse(asked.json).success).toBe(true);
    const path = asked.headers.location ?? "";
    expect(path).toBe(`${at}/${asked.json.shadow}`);
    expect((await asking.ask("uma", path)).headers["retry-after"]).toBe("2");
    expect(await read(`${path}/changes`)).toEqual({ items: [] });
    expect(await run()).toBe(1);
    const again = await ask(at, "uma", key);
    expect([again.status, again.json.shadow]).toEqual([202, asked.json.shadow]);
    expect(await run()).toBe(0);

    const view = await read(path, "ugo");
    expect(routes.readShadow.replies[200]?.schema?.safeParse(view).success).toBe(true);
    const log = await pastLog(ports, here, () => undefined);
    const { shadow } = await shadowLog(log, compilePack(draft), () => undefined);
    const { changes } = shadow;
    expect(changes.length).toBeGreaterThan(1);
    const [totals] = totalsOf(changes);
    expect(view).toMatchObject({
      state: "done",
      failure: null,
      entries: String(log.entries),
      result: {
        judged: String(shadow.judged),
        changed: String(changes.length),
        totals: [
          {
            currency: totals?.currency,
            against: { count: String(totals?.against.count) },
            net: formatAmount(totals?.net ?? 0n, totals?.currency ?? "CNY"),
          },
        ],
        findings: "0",
      },
    });
    expect(totals?.net).toBeLessThan(0n);
    const moved = view.result.moves as { to: { reasonCode: string }; count: string }[];
    expect(new Set(moved.map(({ to }) => to.reasonCode))).toEqual(new Set(["ALL_REFERRED"]));
    expect(moved.reduce((sum, { count }) => sum + Number(count), 0)).toBe(changes.length);

    const listed: Record<string, unknown>[] = [];
    for (let next = ""; ; ) {
      const page = await read(`${path}/changes?limit=1${next}`);
      expect(routes.listShadowed.replies[200]?.schema?.safeParse(page).success).toBe(true);
      listed.push(...page.items);
      if (!page.next) break;
      next = `&cursor=${page.next}`;
    }
    expect(listed).toEqual(
      changes.map(({ claim, index, from, to }) => ({
        ...{ claim, index: String(index), from: from.outcome, to: to.outcome },
        effect: to.minor < from.minor ? "against" : "same-amount",
        ruledSince: false,
      })),
    );
    const texts: string[] = [JSON.stringify(listed)];
    for await (const name of walked.services.jobs.list(`shadows/files/${here}/`)) {
      texts.push(Buffer.from((await walked.services.jobs.get(name))?.bytes ?? []).toString());
    }
    for (const { from, currency } of changes) {
      if (from.minor === 0n) continue;
      expect(texts.join("\n")).not.toContain(formatAmount(from.minor, currency));
    }
  });

  test("killed while it reads begins again, and comes to the same", async () => {
    const at = await drafted(Buffer.from(packBytes(referring())).toString());
    const path = (await ask(at)).headers.location ?? "";
    const { rows, jobs } = ports;
    const dying: ShadowPorts["rows"] = {
      read: async (...asked) => {
        await rows.read(...asked);
        throw new Unavailable("database", "killed");
      },
    };
    await expect(run({ rows: dying })).rejects.toThrow(Unavailable);
    expect((await read(path)).state).toBe("waiting");
    // Killed when all is written but that it is done: nobody else begins before it must be dead.
    let claimed = false;
    const failing: ShadowPorts["jobs"] = {
      get: (key) => jobs.get(key),
      putIfAbsent: (key, bytes) => jobs.putIfAbsent(key, bytes),
      replace: (...asked) => {
        if (claimed) return Promise.reject(new Unavailable("s3", "killed"));
        claimed = true;
        return jobs.replace(...asked);
      },
      list: (prefix) => jobs.list(prefix),
      delete: (key) => jobs.delete(key),
    };
    await expect(run({ jobs: failing })).rejects.toThrow(Unavailable);
    expect((await read(path)).state).toBe("waiting");
    expect(await run()).toBe(0);
    expect(await runIn(20)).toBe(1);
    const { result } = await read(path);
    expect((await read(`${path}/changes?limit=100`)).items).toHaveLength(Number(result.changed));
  });

  test("is run by one of two sweeps at once, and has failed after three runs that did not end; others go on", async () => {
    const at = await drafted(Buffer.from(packBytes(referring())).toString());
    const twice = (await ask(at)).headers.location ?? "";
    expect((await Promise.all([run(), run()])).sort()).toEqual([0, 1]);
    expect((await read(twice)).state).toBe("done");

    const { jobs, rows } = ports;
    const broken = newHandle(random);
    for (const kind of ["jobs", "waiting"]) {
      await jobs.putIfAbsent(`shadows/${kind}/${here}/${broken}`, Buffer.from("{}"));
    }
    const path = (await ask(at)).headers.location ?? "";
    const stuck = { read: () => Promise.reject(new Error("killed")) } as typeof rows;
    for (const minutes of [0, 20, 40]) {
      await expect(runIn(minutes, { rows: stuck })).rejects.toThrow("killed");
      expect((await read(path)).state).toBe("waiting");
    }
    const other = (await ask(at)).headers.location ?? "";
    await expect(runIn(60)).rejects.toThrow(`job ${broken}`);
    expect(await read(path)).toMatchObject({ state: "failed", failure: "not-finished" });
    expect((await read(other)).state).toBe("done");
    for (const kind of ["jobs", "waiting"]) {
      await jobs.delete(`shadows/${kind}/${here}/${broken}`);
    }
  });

  test("of a draft with errors fails, and changes nothing", async () => {
    const at = await drafted(
      JSON.stringify({ ...pack, rules: [] }, (_, value) =>
        typeof value === "bigint" ? Number(value) : value,
      ),
    );
    const path = (await ask(at)).headers.location ?? "";
    await run();
    expect(await read(path)).toMatchObject({ state: "failed", failure: "draft-has-errors" });
    expect((await ask(`/insurers/${here}/drafts/${newHandle(random)}/shadows`)).status).toBe(404);
  });

  test("is its own insurer's underwriters'; four may wait; an erasure and a week take it", async () => {
    const at = await drafted("{");
    const path = (await ask(at)).headers.location ?? "";
    for (const as of ["ada", "foreign"]) {
      expect((await ask(at, as)).status).toBe(403);
      for (const each of [path, `${path}/changes`]) {
        expect((await asking.ask(as, each)).status).toBe(403);
      }
    }
    const id = path.slice(path.lastIndexOf("/") + 1);
    const foreign = path.replace(here, elsewhere);
    const otherDraft = `/insurers/${here}/drafts/${newHandle(random)}/shadows/${id}`;
    expect((await asking.ask("foreign", foreign)).status).toBe(404);
    expect((await asking.ask("uma", otherDraft)).status).toBe(404);
    expect((await asking.ask("uma", `${path}/changes?cursor=made.up`)).status).toBe(400);
    for (let more = 0; more < 3; more++) expect((await ask(at)).status).toBe(202);
    const key = newHandle(random);
    expect((await ask(at, "uma", key)).status).toBe(409);
    await run();
    expect((await ask(at, "uma", key)).status).toBe(202);
    const { jobs, auditing } = walked.services;
    await forgetJobs({ jobs, auditing } as never, elsewhere);
    expect((await asking.ask("uma", path)).status).toBe(200);
    await forgetJobs({ jobs, auditing } as never, here);
    expect((await asking.ask("uma", path)).status).toBe(404);
    const late = (await ask(at)).headers.location ?? "";
    asking.late(8n * 86_400_000_000n);
    expect((await asking.ask("uma", late)).status).toBe(404);
    await shadowWaiting(ports, walked.services.ports.clock() + 8n * 86_400_000_000n);
    const left: string[] = [];
    for await (const key of jobs.list("shadows/")) left.push(key);
    expect(left).toEqual([]);
  });
});
