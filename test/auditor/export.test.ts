import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { closeBundle } from "../../local/bundle/folder.ts";
import { writePolicies } from "../../local/demo/bundle.ts";
import { startLedger } from "../../local/platform/ledger.ts";
import { openLog } from "../../local/platform/open-log.ts";
import { insurers, type Walked, walkSmall } from "../bundle/small.ts";
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
