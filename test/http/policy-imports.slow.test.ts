import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { enrol } from "../../functions/adapters/postgres/principals.ts";
import { forgetJobs } from "../../functions/eraser/effects.ts";
import { importWaiting } from "../../functions/importer/core.ts";
import { routes } from "../../shared/api/routes.ts";
import { Malformed } from "../../shared/base/malformed.ts";
import type { ObjectStore } from "../../shared/ports/objects.ts";
import { openInsurer } from "../command/platform.ts";
import { person, type Served, startServed } from "./served.ts";

let served: Served;
let here: Awaited<ReturnType<typeof openInsurer>>;
beforeAll(async () => {
  served = await startServed();
  here = await openInsurer(served.ports, { insurer: "acme" });
  const other = await openInsurer(served.ports, { insurer: "other" });
  const staff = ["uma", "ugo"].map((name) => person(name, "acme", "underwriter"));
  for (const { name, principals } of staff) {
    for (const each of principals) await enrol(served.pool, "https://issuer.example", name, each);
  }
  served.enrol(
    ...staff,
    person("ada", "acme", "adjuster"),
    person("elsewhere", "other", "underwriter", other.insured),
  );
});
afterAll(() => served?.close());

const at = "/insurers/acme/policy-imports";
const personOf = (number: number): string => number.toString(16).padStart(32, "0");
let made = 0;

/** A line as an insurer writes it, each about somebody else. */
const line = (key: string, more: object = {}) => {
  made += 1;
  const who = personOf(made);
  return {
    key,
    insured: who,
    parties: [{ role: "insured", person: who }],
    coverage: "medical",
    start: "2026-01-01",
    end: null,
    birthDate: "1988-05-17",
    limit: { amount: "9007199254740993.00", currency: "USD" },
    pack: here.pack,
    ...more,
  };
};
const ndjson = (...lines: (object | string | Buffer)[]): Buffer =>
  Buffer.concat(
    lines.flatMap((each) => [
      Buffer.isBuffer(each)
        ? each
        : Buffer.from(typeof each === "string" ? each : JSON.stringify(each)),
      Buffer.from("\n"),
    ]),
  );

interface Asked {
  readonly import: string;
  readonly upload: { readonly method: string; readonly url: string; readonly headers: object };
}
const declare = (bytes: Buffer, as = "uma", headers: Record<string, string> = {}) =>
  served.post(
    as,
    at,
    {
      sha256: createHash("sha256").update(bytes).digest("hex"),
      sizeBytes: bytes.length.toString(),
    },
    headers,
  );
async function put({ upload: { method, url, headers } }: Asked, bytes: Buffer): Promise<number> {
  const { "content-length": _, ...rest } = headers as Record<string, string>;
  return (await fetch(url, { method, headers: rest, body: new Uint8Array(bytes) })).status;
}
/** Declares and uploads a file; gives the import. */
async function sent(bytes: Buffer, as = "uma"): Promise<string> {
  const asked = (await (await declare(bytes, as)).json()) as Asked;
  expect(await put(asked, bytes)).toBe(200);
  return asked.import;
}
const read = async (id: string, as = "uma") =>
  (await (await served.get(as, `${at}/${id}`)).json()) as Record<string, string | null>;
async function results(id: string, query = ""): Promise<Record<string, never>[]> {
  const all: Record<string, never>[] = [];
  for (let next = ""; ; ) {
    const page = await (await served.get("uma", `${at}/${id}/results?${query}${next}`)).json();
    const { items, next: more } = page as { items: Record<string, never>[]; next?: string };
    expect(routes.listImported.replies[200]?.schema?.safeParse(page).success).toBe(true);
    all.push(...items);
    if (more === undefined) return all;
    next = `&cursor=${more}`;
  }
}
const imported = async (bytes: Buffer, as = "uma") => {
  const id = await sent(bytes, as);
  await importWaiting(served.importing);
  return { id, view: await read(id), rows: await results(id) };
};
const policies = async (): Promise<number> =>
  Number((await served.pool.query("SELECT stream FROM policy WHERE insurer = 'acme'")).rows.length);
async function uploads(): Promise<string[]> {
  const keys: string[] = [];
  for await (const key of served.importing.jobs.list("incoming/")) keys.push(key);
  return keys;
}

describe("an import of policies", () => {
  test("issues one policy a line, says so by line, and deletes the file", async () => {
    const bytes = ndjson(line("P-1"), line("P-2"));
    const answer = await declare(bytes, "uma", { "idempotency-key": "import-1" });
    const asked = (await answer.json()) as Asked;
    expect(answer.status).toBe(202);
    expect(routes.importPolicies.replies[202]?.schema?.safeParse(asked).success).toBe(true);
    const path = answer.headers.get("location") ?? "";
    expect(path).toBe(`${at}/${asked.import}`);
    expect(await importWaiting(served.importing)).toBe(0);
    expect(await read(asked.import)).toMatchObject({ state: "waiting", lines: null });
    expect((await served.get("uma", path)).headers.get("retry-after")).toBe("2");
    expect(await put(asked, bytes)).toBe(200);
    expect(await uploads()).toHaveLength(1);

    expect(await importWaiting(served.importing)).toBe(2);
    const view = await read(asked.import, "ugo");
    const counts = { lines: "2", issued: "2", already: "0", refused: "0" };
    expect(view).toMatchObject({ state: "done", failure: null, ...counts });
    expect(await uploads()).toEqual([]);
    const rows = await results(asked.import);
    expect(rows.map((row) => [row.line, row.outcome])).toEqual([
      ["1", "issued"],
      ["2", "issued"],
    ]);
    const policy = await (await served.get("ada", `/policies/${rows[0]?.policy}`)).json();
    expect(policy).toMatchObject({ status: "active", limit: { amount: "9007199254740993.00" } });

    const again = await declare(bytes, "uma", { "idempotency-key": "import-1" });
    expect([again.status, again.headers.get("idempotency-replayed")]).toEqual([202, "true"]);
    expect(((await again.json()) as Asked).import).toBe(asked.import);
    expect(await importWaiting(served.importing)).toBe(0);
    expect((await read(asked.import)).state).toBe("done");
  });

  test("refuses a broken line with the single request's words and goes on with the next", async () => {
    const twice = line("twice");
    const bytes = ndjson(
      line("good-1"),
      '{"key": "cut',
      Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d]),
      "",
      line("no-limit", { limit: { amount: "0.00", currency: "USD" } }),
      line("no-pack", { pack: personOf(1) }),
      line("parties", { parties: [{ role: "insured", person: "nobody" }] }),
      line("long", { coverage: "x".repeat(20_000) }),
      line("bad,key"),
      `${JSON.stringify(line("crlf"))}\r`,
      { ...line("unknown"), premium: "1.00" },
      twice,
      twice,
      { ...twice, coverage: "dental" },
      line("good-2"),
    );
    const { view, rows, id } = await imported(Buffer.from(bytes.subarray(0, -1)));
    expect(view).toMatchObject({ state: "done", lines: "15", issued: "4", refused: "10" });
    type Row = { outcome: string; problem?: { type: string; errors?: { field: string }[] } };
    const said = (rows as unknown as Row[]).map(({ outcome, problem }) =>
      problem
        ? [problem.type.split(":").at(-1), problem.errors?.[0]?.field].filter(Boolean).join(" ")
        : outcome,
    );
    expect(said).toEqual([
      "issued",
      "malformed-request",
      "malformed-request",
      "malformed-request",
      "amount-required /limit",
      "no-pack /pack",
      "malformed-request /parties/0/person",
      "body-too-large",
      "malformed-request /key",
      "issued",
      "malformed-request /premium",
      "issued",
      "already",
      "key-reused /key",
      "issued",
    ]);
    const refused = await results(id, "outcome=refused&limit=3");
    expect(refused.map((row) => row.line)).toEqual([
      "2",
      "3",
      "4",
      "5",
      "6",
      "7",
      "8",
      "9",
      "11",
      "14",
    ]);
    const text = JSON.stringify(rows);
    for (const own of ["1988-05-17", "good-1", personOf(made)]) expect(text).not.toContain(own);
  });

  test("of the same file twice, by whomever, issues each policy once; none that was changed is taken for the same", async () => {
    const bytes = ndjson(line("S-1"), line("S-2"));
    const first = await imported(bytes);
    const count = await policies();
    const second = await imported(bytes, "ugo");
    expect(second.view).toMatchObject({ issued: "0", already: "2", refused: "0" });
    expect(second.rows.map(({ policy }) => policy)).toEqual(first.rows.map(({ policy }) => policy));
    expect(await policies()).toBe(count);
    const seen = await served.get("uma", `/policies/${first.rows[0]?.policy}`);
    const { key: _, ...terms } = JSON.parse(bytes.toString().split("\n")[0] ?? "");
    const endorsement = { ...terms, end: "2027-01-01", reason: "a year" };
    const path = `/policies/${first.rows[0]?.policy}/endorsements`;
    const tag = { "if-match": seen.headers.get("etag") ?? "" };
    expect((await served.post("uma", path, endorsement, tag)).status).toBe(201);
    const third = await imported(bytes);
    expect(third.view).toMatchObject({ issued: "0", already: "1", refused: "1" });
    expect(third.rows[0]).toMatchObject({ outcome: "refused", policy: first.rows[0]?.policy });
  });

  test("killed anywhere goes on where it was: every policy once, every line told as if nothing had been", async () => {
    const lines = Array.from({ length: 120 }, (_, number) => line(`K-${number}`));
    await imported(ndjson(lines[7] ?? "", lines[111] ?? ""));
    const before = await policies();
    const bytes = ndjson(...lines);
    const id = await sent(bytes);
    class Killed extends Error {}
    let writes = 0;
    let deaths = 0;
    for (let alive = false; !alive; ) {
      let left = ++writes;
      const dying =
        <Args extends unknown[], T>(call: (...args: Args) => Promise<T>) =>
        async (...args: Args): Promise<T> => {
          if (--left <= 0) throw new Killed();
          return call(...args);
        };
      const { jobs, store, uploads: files } = served.importing;
      const dyingJobs: ObjectStore = {
        ...jobs,
        replace: dying(jobs.replace),
        delete: dying(jobs.delete),
      };
      let commits = 0;
      const dyingStore = {
        ...store,
        transaction: ((insurer, body) => {
          commits += 1;
          if (commits === writes * 13) throw new Killed();
          return store.transaction(insurer, body);
        }) as typeof store.transaction,
      };
      const dyingFiles = { ...files, remove: dying(files.remove) };
      try {
        const ports = { ...served.importing, jobs: dyingJobs, store: dyingStore };
        await importWaiting({ ...ports, uploads: dyingFiles });
        alive = true;
      } catch (error) {
        expect(error).toBeInstanceOf(Killed);
        deaths += 1;
      }
    }
    expect(deaths).toBeGreaterThan(5);
    expect(await policies()).toBe(before + 118);
    const counts = { lines: "120", issued: "118", already: "2", refused: "0" };
    expect(await read(id)).toMatchObject({ state: "done", ...counts });
    const already = await results(id, "outcome=already");
    expect(already.map((row) => row.line)).toEqual(["8", "112"]);
    expect((await results(id, "limit=7")).map((row) => row.line)).toEqual(
      lines.map((_, index) => `${index + 1}`),
    );
    expect(await uploads()).toEqual([]);
  });

  test("tells each line as the run that ended it did, whatever another writes that is late", async () => {
    const { jobs, store } = served.importing;
    const id = await sent(ndjson(line("L-1"), line("L-2")));
    await importWaiting(served.importing, { late: () => true });
    expect(await read(id)).toMatchObject({ state: "importing", lines: "2" });
    const [taken, over] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const slow = importWaiting({
      ...served.importing,
      store: {
        ...store,
        transaction: async (insurer, body) => {
          taken.resolve();
          await over.promise;
          return store.transaction(insurer, body);
        },
      },
      jobs: {
        ...jobs,
        replace: (key, bytes, held) => {
          const text = Buffer.from(bytes).toString();
          const told = key.includes("/files/") ? text.replaceAll('"issued"', '"already"') : text;
          return jobs.replace(key, Buffer.from(told), held);
        },
      },
    });
    await taken.promise;
    expect(await importWaiting(served.importing)).toBe(2);
    over.resolve();
    expect(await slow).toBe(0);
    expect(await read(id)).toMatchObject({ state: "done", issued: "2", already: "0" });
    expect((await results(id)).map(({ outcome }) => outcome)).toEqual(["issued", "issued"]);
  });

  test("done by two at once issues every policy once", async () => {
    const before = await policies();
    const id = await sent(ndjson(...Array.from({ length: 30 }, (_, n) => line(`W-${n}`))));
    await Promise.all([importWaiting(served.importing), importWaiting(served.importing)]);
    await importWaiting(served.importing);
    expect(await read(id)).toMatchObject({ state: "done", issued: "30", already: "0" });
    expect(await policies()).toBe(before + 30);
  });

  test("takes no other bytes than were declared, no larger file, and no more lines than 50,000", async () => {
    const bytes = ndjson(line("O-1"));
    const asked = (await (await declare(bytes)).json()) as Asked;
    expect(await put(asked, ndjson(line("O-2")))).not.toBe(200);
    expect(await put(asked, Buffer.concat([bytes, bytes]))).not.toBe(200);
    const { sizeBytes: _, ...body } = { sha256: "a".repeat(64), sizeBytes: "" };
    const large = await served.post("uma", at, { ...body, sizeBytes: "33554433" });
    expect(large.status).toBe(400);
    expect(((await large.json()) as { errors: object[] }).errors).toMatchObject([
      { field: "/sizeBytes" },
    ]);
    const before = await policies();
    const many = Buffer.concat([ndjson(line("M-1")), Buffer.alloc(50_000, "\n")]);
    const id = await sent(many);
    await importWaiting(served.importing);
    expect(await read(id)).toMatchObject({ state: "failed", failure: "too-many-lines" });
    expect([await policies(), await uploads()]).toEqual([before, []]);
    const late = { ...served.importing, clock: () => served.ports.clock() + 1_801_000_000n };
    await importWaiting(late);
    expect(await read(asked.import)).toMatchObject({ state: "failed", failure: "not-uploaded" });
  });

  test("ends where its file goes with an erasure, or who asked is no underwriter any more", async () => {
    const id = await sent(ndjson(line("E-1")));
    const { jobs } = served.importing;
    await forgetJobs({ auditing: jobs, jobs } as never, "other");
    expect(await uploads()).toHaveLength(1);
    await forgetJobs({ auditing: jobs, jobs } as never, "acme");
    expect(await uploads()).toEqual([]);
    await importWaiting(served.importing);
    expect((await read(id)).state).toBe("waiting");
    const begun = await sent(ndjson(line("E-3"), line("E-4")));
    await importWaiting(served.importing, { late: () => true });
    expect(await read(begun)).toMatchObject({ state: "importing", lines: "2", issued: "0" });
    await forgetJobs({ auditing: jobs, jobs } as never, "acme");
    await importWaiting(served.importing);
    expect(await read(begun)).toMatchObject({ state: "failed", failure: "upload-gone" });
    const left = await sent(ndjson(line("E-2")));
    await importWaiting({ ...served.importing, desk: { isStaff: async () => false } });
    expect(await read(left)).toMatchObject({ state: "failed", failure: "not-permitted" });
    const late = { ...served.importing, clock: () => served.ports.clock() + 8n * 86_400_000_000n };
    await importWaiting(late);
    expect((await served.get("uma", `${at}/${left}`)).status).toBe(404);
  });

  test("takes nothing that somebody changed in the store, and goes on with the next", async () => {
    const before = await policies();
    const { jobs } = served.importing;
    const replace = async (key: string, change: (text: string) => string): Promise<void> => {
      const { bytes, tag } = (await jobs.get(key)) ?? { bytes: Buffer.alloc(0), tag: "" };
      await jobs.replace(key, Buffer.from(change(Buffer.from(bytes).toString())), tag);
    };
    const changed = await sent(ndjson(line("C-1")));
    await replace(`incoming/acme/policies/${changed}`, (text) => text.replace("C-1", "C-2"));
    const renamed = await sent(ndjson(line("C-3")));
    const ugo = (
      await served.pool.query<{ person: string }>("SELECT person FROM principal WHERE sub = 'ugo'")
    ).rows[0]?.person;
    const by = /"by":"[0-9a-f]{32}"/;
    await replace(`imports/jobs/acme/${renamed}`, (text) => text.replace(by, `"by":"${ugo}"`));
    const good = await sent(ndjson(line("C-4")));
    await expect(importWaiting(served.importing)).rejects.toThrow(Malformed);
    expect(await read(changed)).toMatchObject({ state: "failed", failure: "upload-gone" });
    expect(await read(renamed)).toMatchObject({ state: "failed", failure: "altered" });
    expect(await read(good)).toMatchObject({ state: "done", issued: "1" });
    expect(await policies()).toBe(before + 1);
    expect(await importWaiting(served.importing)).toBe(0);
  });

  test("takes no line of a file that somebody changed once its lines were counted", async () => {
    const { jobs } = served.importing;
    const begun = await sent(ndjson(line("G-1"), line("G-2")));
    await importWaiting(served.importing, { late: () => true });
    expect(await read(begun)).toMatchObject({ state: "importing", lines: "2" });
    const before = await policies();
    const file = `incoming/acme/policies/${begun}`;
    const { bytes, tag } = (await jobs.get(file)) ?? { bytes: Buffer.alloc(0), tag: "" };
    await jobs.replace(
      file,
      Buffer.from(Buffer.from(bytes).toString().replace("1988", "1989")),
      tag,
    );
    await importWaiting(served.importing);
    expect(await read(begun)).toMatchObject({ state: "failed", failure: "upload-gone" });
    expect(await policies()).toBe(before);
  });

  test("goes on with the others while one is kept that can't be read, and says so, also when it runs out of time", async () => {
    const before = await policies();
    const { jobs } = served.importing;
    const broken = await sent(ndjson(line("B-1")));
    const job = `imports/jobs/acme/${broken}`;
    await jobs.replace(job, Buffer.from("{}"), (await jobs.get(job))?.tag);
    const good = await sent(ndjson(line("B-2")));
    let alarms = 0;
    const failed = () => void alarms++;
    await expect(importWaiting(served.importing, { failed })).rejects.toThrow(`job ${broken}`);
    expect(alarms).toBe(1);
    expect(await read(good)).toMatchObject({ state: "done", issued: "1" });
    expect(await policies()).toBe(before + 1);
    // No longer in the queue, it is still kept: an hour later what is kept is looked through.
    await jobs.delete(`incoming/acme/policies/${broken}`);
    expect(await importWaiting(served.importing)).toBe(0);
    const next = await sent(ndjson(line("B-3")));
    const anHourOn = { ...served.importing, clock: () => served.ports.clock() + 3_600_000_000n };
    await expect(importWaiting(anHourOn, { late: () => true })).rejects.toThrow(`job ${broken}`);
    expect((await read(next)).state).toBe("importing");
    await jobs.delete(job);
    await importWaiting(served.importing);
    expect((await read(next)).state).toBe("done");
  });

  test("that finds four waiting is refused for now, and taken later under the same key", async () => {
    const bytes = ndjson(line("W-1"));
    let refused = await declare(bytes, "uma", { "idempotency-key": "waits-0" });
    let key = "";
    for (let more = 1; more <= 4 && refused.status === 202; more++) {
      key = `waits-${more}`;
      refused = await declare(bytes, "uma", { "idempotency-key": key });
    }
    expect(refused.status).toBe(409);
    expect(await refused.json()).toMatchObject({ type: "urn:countersign:problem:not-now" });
    const late = { ...served.importing, clock: () => served.ports.clock() + 1_801_000_000n };
    await importWaiting(late);
    expect((await declare(bytes, "uma", { "idempotency-key": key })).status).toBe(202);
    await importWaiting(late);
  });

  test("is its own insurer's underwriters'", async () => {
    const bytes = ndjson(line("T-1"));
    const id = await sent(bytes);
    for (const as of ["ada", "elsewhere"]) {
      expect((await declare(bytes, as)).status).toBe(403);
      for (const path of [`${at}/${id}`, `${at}/${id}/results`]) {
        expect((await served.get(as, path)).status).toBe(403);
      }
    }
    for (const path of [id, `${id}/results`]) {
      const foreign = `/insurers/other/policy-imports/${path}`;
      expect((await served.get("elsewhere", foreign)).status).toBe(404);
    }
    await importWaiting(served.importing);
    const { next } = (await (await served.get("uma", `${at}/${id}/results?limit=1`)).json()) as {
      next?: string;
    };
    expect(next).toBeUndefined();
    expect((await served.get("uma", `${at}/${id}/results?cursor=made.up`)).status).toBe(400);
  });
});
