import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { openWith } from "../../functions/auditor/envelope.ts";
import { parseManifest } from "../../functions/auditor/manifest.ts";
import { keepVerdict, verdictOf } from "../../functions/auditor/verdict.ts";
import { exportWaiting } from "../../functions/exporter/core.ts";
import { wallClock } from "../../functions/http/clock.ts";
import { closeBundle } from "../../local/bundle/folder.ts";
import { writerInto } from "../../local/bundle/writer.ts";
import { writePolicies } from "../../local/demo/bundle.ts";
import { startLedger } from "../../local/platform/ledger.ts";
import { openLog } from "../../local/platform/open-log.ts";
import { exporterPorts } from "../../local/platform/periodic.ts";
import { parseOpeningLine } from "../../shared/audit/opening-line.ts";
import { toHex } from "../../shared/base/bytes.ts";
import { dayUs } from "../../shared/base/day.ts";
import { Malformed } from "../../shared/base/malformed.ts";
import { leafHash } from "../../shared/log/hash.ts";
import type { Principal } from "../../shared/ports/claims.ts";
import { Unavailable } from "../../shared/ports/unavailable.ts";
import { parseRecord } from "../../shared/record/record.ts";
import { insurers, type Walked, walkSmall } from "../bundle/small.ts";
import { auditorOf } from "./asking.ts";
import { ask, askIn } from "./folder.ts";

let walked: Walked;
let bundle: string;
let policies: string;
const at = (name: string): string => join(walked.folder, name);
const real = "real-mutual";

beforeAll(async () => {
  walked = await walkSmall(4);
  const { services } = walked;
  await openLog(services, {
    ...{ insurer: real, kind: "insurer", simulation: false, currency: "CNY" },
    ...{ bands: [], packs: [] },
  });
  const all = [...insurers, real];
  const ledger = startLedger(
    services,
    async () => all,
    () => undefined,
  );
  await ledger.drain(all, () => undefined);
  await ledger.stop();
  policies = at("trust");
  await writePolicies(services, [...insurers], policies);
  expect((await ask("key", at("auditor"))).code).toBe(0);
  expect((await ask("key", at("other"))).code).toBe(0);
  bundle = at("closed");
  const made = await exported("--out", bundle, "--to", at("auditor.pub.jwk"), ...both);
  expect([made.code, made.err]).toEqual([0, ""]);
});
afterAll(() => walked.close());

const both = insurers.flatMap((insurer) => ["--insurer", insurer]);
const exported = (...more: string[]) =>
  askIn({ DATABASE_URL: walked.databaseUrl }, "export", "--data", walked.folder, ...more);
const verify = (...more: string[]) =>
  ask("verify", bundle, "--policy", policies, "--json", ...more);
const openings = (): string => join(bundle, insurers[0], "openings", "000000.jsonl.jwe");

describe("audit export closes openings for one auditor", () => {
  test("whose key is made once, readable by its owner only, and never written over", async () => {
    expect(statSync(at("auditor.jwk")).mode & 0o777).toBe(0o600);
    const before = readFileSync(at("auditor.jwk"), "utf8");
    const again = await ask("key", at("auditor"));
    expect([again.code, readFileSync(at("auditor.jwk"), "utf8")]).toEqual([2, before]);
    expect(again.err).toBe(`${at("auditor.jwk")} is there already\n`);
  });

  test("the bundle holds no opened field", () => {
    const folder = join(bundle, insurers[0], "openings");
    expect(readdirSync(folder)).toEqual(["000000.jsonl.jwe"]);
    const text = readFileSync(openings(), "utf8");
    expect(text).not.toContain("claimed");
    expect(JSON.parse(Buffer.from(text.split(".")[0] ?? "", "base64url").toString())).toMatchObject(
      {
        alg: "ECDH-ES+A256KW",
        enc: "A256GCM",
      },
    );
  });

  test("with the key every decision is made again", async () => {
    const { code, json } = await verify("--key", at("auditor.jwk"), "--require-full");
    expect(code).toBe(0);
    expect(json).toMatchObject({ ok: true, anchored: true, withheld: 0, holes: 0 });
    expect(json.reexecuted).toBe(json.decisions);
    expect(json.decisions).toBeGreaterThan(0);
  });

  test("without it the question is refused, or asked of the public part only", async () => {
    const refused = await verify();
    expect([refused.code, refused.err]).toEqual([2, expect.stringContaining("give --key FILE")]);
    const { code, json } = await verify("--public");
    expect(code).toBe(0);
    expect(json).toMatchObject({ reexecuted: 0, withheld: json.decisions });
    expect((await verify("--public", "--require-full")).code).toBe(1);
  });

  test("another auditor's key opens nothing, and the public half is no key", async () => {
    const other = await verify("--key", at("other.jwk"));
    expect(other.code).toBe(1);
    const codes = (other.json.findings as { code: string }[]).map(({ code }) => code);
    expect(codes).toContain("opening-malformed");
    expect((await verify("--key", at("auditor.pub.jwk"))).code).toBe(2);
    const sent = await exported("--out", at("never"), "--to", at("auditor.jwk"));
    expect([sent.code, sent.err]).toEqual([2, expect.stringContaining("private")]);
  });

  test("one changed byte of a closed file is found though the manifest was made anew", async () => {
    const before = readFileSync(openings());
    const changed = Buffer.from(before);
    const middle = before.length >> 1;
    changed[middle] = before[middle] === 65 ? 66 : 65;
    writeFileSync(openings(), changed);
    closeBundle(bundle);
    const { code, json } = await verify("--key", at("auditor.jwk"));
    const found = json.findings as { code: string; file: string | null }[];
    expect(code).toBe(1);
    expect(found.filter(({ file }) => file !== null)).toContainEqual(
      expect.objectContaining({ code: "opening-malformed", file: "openings/000000.jsonl" }),
    );
    writeFileSync(openings(), before);
    closeBundle(bundle);
  });
});

describe("audit export --plain", () => {
  test("is for simulated logs", async () => {
    const out = at("plain");
    const { code, err } = await exported("--out", out, "--plain", ...both);
    expect([code, err]).toEqual([0, ""]);
    const { json } = await ask("verify", out, "--policy", policies, "--json");
    expect(json).toMatchObject({ ok: true, withheld: 0 });
  });

  test("of real persons needs a word more, and writes nothing without it", async () => {
    const out = at("real");
    const refused = await exported("--out", out, "--plain", "--insurer", real);
    expect([refused.code, refused.err]).toEqual([
      2,
      expect.stringContaining("--yes-personal-data"),
    ]);
    expect(existsSync(out)).toBe(false);
    const more = ["--plain", "--yes-personal-data", "--insurer", real];
    expect((await exported("--out", out, ...more)).code).toBe(0);
  });

  test("what can't be meant is refused", async () => {
    for (const more of [
      ["--out", at("x")],
      ["--plain"],
      ["--out", at("x"), "--plain", "--to", at("auditor.pub.jwk")],
      ["--out", at("x"), "--plain", "--insurer", "nobody"],
      ["--out", walked.folder, "--plain", ...both],
    ]) {
      expect((await exported(...more)).code).toBe(2);
    }
    const nowhere = await askIn({}, "export", "--out", at("x"), "--plain", "--data", at("nowhere"));
    expect([nowhere.code, nowhere.err]).toEqual([2, expect.stringContaining("no platform's data")]);
  });
});

describe("an export that an auditor asks for over HTTP", () => {
  const [insurer] = insurers;
  const auditor = (of: string, digit: string, kind: Principal["kind"] = "person") =>
    ({ insurer: of, role: "auditor", person: digit.repeat(32), kind }) as const;
  let api: ReturnType<typeof auditorOf>;
  let key: Record<string, string>;
  const exportsOf = `/logs/${insurer}/exports`;
  beforeAll(() => {
    api = auditorOf(walked.services, [
      ["carla", auditor(insurer, "c")],
      ["dora", auditor(insurer, "d")],
      ["robot", auditor(insurer, "e", "machine")],
      ["real", auditor(real, "f")],
    ]);
    key = JSON.parse(readFileSync(at("auditor.pub.jwk"), "utf8"));
  });
  const work = (auditing = walked.services.auditing, lateUs = 0n) =>
    exportWaiting({ ...exporterPorts(walked.services), auditing }, wallClock() + lateUs);
  const newest = async () => {
    const { ports } = walked.services;
    const ledger = startLedger(
      walked.services,
      async () => [insurer],
      () => undefined,
    );
    await ledger.drain([insurer], () => undefined);
    await ledger.stop();
    return ports.store.records(insurer, await insurerStream());
  };
  const insurerStream = async () => {
    const row = await walked.services.ports.store.transaction(insurer, (on) => on.insurer());
    return row?.stream ?? "";
  };

  test("is a record first, is made by a job that may die anywhere, and verifies with their key alone", async () => {
    const asked = await api.ask("carla", exportsOf, { body: { key }, key: "one" });
    expect(asked.status).toBe(202);
    expect(asked.json).toMatchObject({
      state: "waiting",
      key: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    const place = asked.headers.location ?? "";
    const again = await api.ask("carla", exportsOf, { body: { key }, key: "one" });
    expect([again.status, again.bytes]).toEqual([202, asked.bytes]);
    expect((await api.ask("carla", `${place}/files/manifest`)).status).toBe(409);

    const { auditing } = walked.services;
    let puts = 0;
    const dying: typeof auditing = {
      get: (name) => auditing.get(name),
      replace: (...swap) => auditing.replace(...swap),
      list: (prefix) => auditing.list(prefix),
      delete: (name) => auditing.delete(name),
      putIfAbsent: (name: string, bytes: Uint8Array) => {
        puts += 1;
        if (puts > 3) throw new Unavailable("the test", "dies");
        return auditing.putIfAbsent(name, bytes);
      },
    };
    await expect(work(dying)).rejects.toThrow(Unavailable);
    expect((await api.ask("carla", place)).json.state).toBe("waiting");
    expect(await work()).toBe(1);
    expect(await work()).toBe(0);
    expect((await api.ask("carla", place)).json.state).toBe("done");

    const fetched = at("fetched");
    const write = writerInto(fetched);
    const manifest = (await api.ask("carla", `${place}/files/manifest`)).bytes;
    write("manifest", manifest);
    for (const { path, size } of parseManifest(manifest)) {
      const file = await api.ask("carla", `${place}/files/${path}`);
      expect([path, file.status, file.bytes.length]).toEqual([path, 200, size]);
      write(path, file.bytes);
    }
    const verified = [
      "--policy",
      join(policies, `${insurer}.policy`),
      "--json",
      "--key",
      at("auditor.jwk"),
      "--require-full",
    ];
    const { code, json } = await ask("verify", fetched, ...verified);
    expect(json.findings).toEqual([]);
    expect([code, json.ok, json.holes]).toEqual([0, true, 0]);

    const records = (await newest()).map(({ record }) => parseRecord(record));
    const told = records.filter(({ type }) => type === "openings.disclosed");
    expect(told.map(({ body }) => body)).toEqual([
      {
        public: {
          from: "0",
          to: asked.json.entries,
          key: asked.json.key,
          by: "c".repeat(32),
        },
      },
    ]);
  });

  test("is theirs who asked, for a week; a range of a file is as much as was asked", async () => {
    const asked = await api.ask("carla", exportsOf, { body: { key }, key: "two" });
    const place = asked.headers.location ?? "";
    await work();
    const manifest = `${place}/files/manifest`;
    for (const path of [place, manifest]) {
      expect((await api.ask("dora", path)).status).toBe(404);
      expect((await api.ask("real", path)).status).toBe(403);
    }
    const whole = await api.ask("carla", manifest);
    const part = await api.ask("carla", manifest, { range: "bytes=5-9" });
    expect([part.status, part.headers["content-range"], part.bytes]).toEqual([
      206,
      `bytes 5-9/${whole.bytes.length}`,
      whole.bytes.subarray(5, 10),
    ]);
    for (const path of ["../job", "jobs", "%2e%2e/x", "first-mutual"]) {
      expect((await api.ask("carla", `${place}/files/${path}`)).status).toBe(404);
    }
    api.late(8n * dayUs);
    expect((await api.ask("carla", place)).status).toBe(404);
    api.late(0n);
    await work(walked.services.auditing, 8n * dayUs);
    const left: string[] = [];
    for await (const name of walked.services.auditing.list("files/")) left.push(name);
    expect(left).toEqual([]);
    expect((await api.ask("carla", place)).status).toBe(404);
  });

  test("is made by one of two sweeps at once, and has failed after three runs that did not end; others go on", async () => {
    const exported = async (under: string): Promise<string> =>
      (await api.ask("carla", exportsOf, { body: { key }, key: under })).headers.location ?? "";
    const stateOf = async (place: string) => (await api.ask("carla", place)).json.state;
    const twice = await exported("twice");
    expect((await Promise.all([work(), work()])).sort()).toEqual([0, 1]);
    expect(await stateOf(twice)).toBe("done");

    const stuck = await exported("stuck");
    const ports = exporterPorts(walked.services);
    const rows = { read: () => Promise.reject(new Error("killed")) };
    const runIn = (minutes: bigint, over: object = {}) =>
      exportWaiting({ ...ports, ...over }, wallClock() + minutes * 60_000_000n);
    for (const minutes of [0n, 21n, 42n]) {
      await expect(runIn(minutes, { rows })).rejects.toThrow("killed");
      expect(await stateOf(stuck)).toBe("waiting");
      // Whoever may still be at it is let be.
      expect(await runIn(minutes)).toBe(0);
    }
    const other = await exported("other");
    expect(await runIn(63n)).toBe(2);
    expect([await stateOf(stuck), await stateOf(other)]).toEqual(["failed", "done"]);
  });

  test("is made though others are kept that can't be read, which is said, once for each hour", async () => {
    const { auditing } = walked.services;
    const place = (await api.ask("carla", exportsOf, { body: { key }, key: "three" })).headers
      .location;
    const broken = [0, 1].map((digit) => `${digit}`.repeat(32));
    for (const id of broken) {
      for (const kind of ["jobs", "waiting"]) {
        await auditing.putIfAbsent(`${kind}/${insurer}/${id}`, Buffer.from("{}"));
      }
    }
    let failures = 0;
    const calling = { failed: () => void failures++ };
    const run = (lateUs: bigint) =>
      exportWaiting(exporterPorts(walked.services), wallClock() + lateUs, calling);
    await expect(run(0n)).rejects.toThrow(Malformed);
    expect((await api.ask("carla", place ?? "")).json.state).toBe("done");
    // Each was met twice: by the look at all that is kept, and in its turn.
    expect(failures).toBe(4);
    expect(await run(0n)).toBe(0);
    await expect(run(3_600_000_000n)).rejects.toThrow("is not as it was kept");
    expect(failures).toBe(6);
    for (const id of broken) await auditing.delete(`jobs/${insurer}/${id}`);
  });

  test("is of what was asked, for whom: nothing is made of an object that somebody changed, or put there", async () => {
    const { auditing } = walked.services;
    const ids: string[] = [];
    for (const [who, body] of [
      ["carla", { key }],
      ["dora", {}],
    ] as const) {
      const { json } = await api.ask(who, exportsOf, { body, key: `changed-by-${who}` });
      ids.push(json.export);
    }
    const [closed = "", plain = ""] = ids.map((id) => `jobs/${insurer}/${id}`);
    const jobAt = async (at: string) => {
      const { bytes, tag } = (await auditing.get(at)) ?? { bytes: Buffer.alloc(0), tag: "" };
      return { job: JSON.parse(Buffer.from(bytes).toString()), tag };
    };
    const [{ job, tag }, given] = [await jobAt(closed), await jobAt(plain)];
    // For no key, as another asked; and under a name that nobody asked for.
    const { jwk, order } = given.job;
    await auditing.replace(closed, Buffer.from(JSON.stringify({ ...job, jwk, order })), tag);
    const forged = "f".repeat(32);
    await auditing.putIfAbsent(`jobs/${insurer}/${forged}`, Buffer.from(JSON.stringify(given.job)));
    await auditing.putIfAbsent(`waiting/${insurer}/${forged}`, Buffer.from("waiting\n"));
    let failures = 0;
    const calling = { failed: () => void failures++ };
    await exportWaiting(exporterPorts(walked.services), wallClock(), calling);
    const states = [closed, `jobs/${insurer}/${forged}`, plain].map(
      async (at) => (await jobAt(at)).job.state,
    );
    expect(await Promise.all(states)).toEqual(["failed", "failed", "done"]);
    expect(failures).toBe(2);
    for (const id of [ids[0], forged]) {
      for await (const file of auditing.list(`files/${insurer}/${id}/`)) throw new Error(file);
    }
  });

  test("goes to persons, and in plain only of a simulation", async () => {
    const plain = (who: string, of: string) =>
      api.ask(who, `/logs/${of}/exports`, { body: {}, key: `plain ${who}`.replace(" ", "-") });
    expect((await plain("carla", insurer)).status).toBe(202);
    expect((await plain("robot", insurer)).json.type).toBe(
      "urn:countersign:problem:person-required",
    );
    const refused = await plain("real", real);
    expect([refused.status, refused.json.type]).toEqual([
      403,
      "urn:countersign:problem:not-permitted",
    ]);
    const secret = JSON.parse(readFileSync(at("auditor.jwk"), "utf8"));
    const sent = await api.ask("carla", exportsOf, { body: { key: secret }, key: "secret" });
    expect(sent.status).toBe(400);
    expect(sent.bytes.toString()).not.toContain(secret.d);
  });

  test("of one record gives its openings, closed, and says so in the log", async () => {
    const { ports } = walked.services;
    const [claim] = walked.claims.filter(({ portfolio }) => portfolio.insurer === insurer);
    const [submitted] = await ports.store.records(insurer, claim?.claim ?? "");
    const leaf = toHex(leafHash(submitted?.record ?? new Uint8Array()));
    const path = `/records/${leaf}/openings`;
    const before = (await newest()).length;
    const given = await api.ask("carla", path, { body: { key }, key: "leaf" });
    expect(given.status).toBe(201);
    const secret = JSON.parse(readFileSync(at("auditor.jwk"), "utf8"));
    const line = parseOpeningLine(await openWith(secret, Buffer.from(given.json.openings)));
    expect(line.openings.map(({ path: field }) => field)).toContain("claimed");
    expect(line.index.toString()).toBe(given.json.index);
    const records = await newest();
    expect(records.length).toBe(before + 1);
    expect(parseRecord(records.at(-1)?.record ?? new Uint8Array())).toMatchObject({
      type: "openings.disclosed",
      body: { public: { from: given.json.index, to: String(BigInt(given.json.index) + 1n) } },
    });
    expect((await api.ask("real", path, { body: { key }, key: "leaf" })).status).toBe(404);
    const unusable = [
      [{ ...key, x: key.y, y: key.x }, "is not on the curve"],
      [{ ...key, y: key.y?.slice(0, -1) }, "is not a coordinate"],
      [{ ...key, y: "!" }, "is not a coordinate"],
    ] as const;
    for (const asked of [path, exportsOf]) {
      for (const [other, detail] of unusable) {
        const answer = await api.ask("carla", asked, { body: { key: other }, key: "unusable" });
        expect([answer.status, answer.json.errors]).toEqual([400, [{ field: "/key/y", detail }]]);
      }
    }
    expect((await newest()).length).toBe(before + 1);
    const none = `/records/${"0".repeat(64)}/openings`;
    expect((await api.ask("carla", none, { body: { key }, key: "none" })).status).toBe(404);
  });

  test("the last verdict of the platform's own audit is there to read", async () => {
    const path = `/logs/${insurer}/self-audit`;
    expect((await api.ask("carla", path)).status).toBe(404);
    const found = { origin: "o", index: "7", file: null, code: "row-differs" } as const;
    const finding = { ...found, expected: "a sealed value", found: "another" };
    await keepVerdict(walked.services.auditing, insurer, verdictOf(1n, 9n, [finding]));
    const { status, json } = await api.ask("carla", path);
    expect([status, json]).toEqual([
      200,
      {
        at: "1970-01-01T00:00:00.000001Z",
        entries: "9",
        findings: [{ index: "7", file: null, code: "row-differs" }],
      },
    ]);
    expect((await api.ask("real", path)).status).toBe(403);
  });
});
