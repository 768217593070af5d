import { fileURLToPath } from "node:url";
import { describe, expect, test } from "@jest/globals";
import { noCastToAny, noDefaultExports, noSilentSkips, purity, sizes } from "./walls/code-rules.ts";
import {
  type Manifest,
  noCycles,
  partOrder,
  publicReach,
  roomOrder,
} from "./walls/import-rules.ts";
import { type Rule, readTree } from "./walls/source.ts";
import {
  exactVersions,
  lockHasEveryPlatform,
  lockNamesNoHost,
  plainText,
  tellingNames,
} from "./walls/text-rules.ts";

const house = readTree(fileURLToPath(new URL("..", import.meta.url)));
const manifest: Manifest = JSON.parse(
  house.find(({ path }) => path === "package.json")?.text ?? "{}",
);

const lines = (count: number): string => "export {};\n".repeat(count);
/** Planted text in two halves, so that the rules don't find it here. */
const split = (...halves: string[]): string => halves.join("");
const lock = (packages: object): string => JSON.stringify({ packages });

/** Each rule with planted files it must find (path → text) and neighbours it must let pass. */
type Wall = {
  readonly name: string;
  readonly rule: Rule;
  readonly bad: readonly Readonly<Record<string, string>>[];
  readonly good: Readonly<Record<string, string>>;
};

const walls: readonly Wall[] = [
  {
    name: "imports in shared/ point back and use their room's packages only",
    rule: roomOrder(manifest),
    bad: [
      { "shared/base/a.ts": 'import { b } from "../log/b.ts";' },
      { "shared/log/a.ts": 'export { b } from "../qldb/b.ts";' },
      { "shared/claim/a.ts": 'import type { B } from "../payout/b.ts";' },
      { "shared/record/a.ts": 'import { b } from "../claim/b.ts";' },
      { "shared/policy/a.ts": 'type B = import("../audit/b.ts").B;' },
      { "shared/proof/a.ts": 'import { z } from "zod";' },
      { "shared/iso20022/a.ts": 'import type { B } from "../payout/b.ts";' },
      { "shared/payout/a.ts": 'import sax from "sax";' },
      { "shared/record/sealed.ts": 'import * as z from "zod";' },
      { "shared/audit/a.ts": 'import { b } from "../api/b.ts";' },
      { "shared/api/a.ts": 'import { b } from "../ports/b.ts";' },
      { "shared/ports/a.ts": 'import { b } from "../claim/b.ts";' },
      { "shared/ports/a.ts": 'import { type B, c } from "../claim/b.ts";' },
      { "shared/base/a.ts": 'import { readFileSync } from "node:fs";' },
      { "shared/base/a.ts": 'const b = await import("fs");' },
      { "shared/base/a.ts": 'const b = require("crypto");' },
      { "shared/base/a.ts": 'import { b } from "../../functions/http/b.ts";' },
      { "shared/base/a.ts": 'import { b } from "../../test/b.ts";' },
      { "shared/base/a.ts": 'import { b } from "../../../elsewhere/b.ts";' },
      { "shared/log/a.ts": 'import { b } from "../../node_modules/pg/b.js";' },
      { "shared/base/a.ts": 'import { b } from "file:///b.ts";' },
      { "shared/base/a.ts": 'const b = import("./b" + ".ts");' },
      { "shared/cellar/a.ts": 'import { b } from "../base/b.ts";' },
      { "shared/a.ts": 'import { b } from "./base/b.ts";' },
    ],
    good: {
      "shared/base/codec.ts": 'import * as z from "zod";',
      "shared/base/sha256.node.ts": 'import { hash } from "node:crypto";',
      "shared/base/sha256.ts": 'export { sha256 } from "#sha256";',
      "shared/log/signatures.node.ts": 'import { verify } from "node:crypto";',
      "shared/log/a.ts": 'import { b } from "../base/b.ts"; import "@noble/curves/ed25519.js";',
      "shared/iso20022/a.ts": 'import sax from "sax"; import { isValidBIC } from "ibantools";',
      "shared/payout/a.ts": 'import { b } from "../iso20022/b.ts";',
      "shared/ports/a.ts": 'import type { B } from "../claim/b.ts"; import "../base/c.ts";',
      "shared/audit/a.ts": 'import "../proof/b.ts"; import "../payout/c.ts";',
      "shared/claim/a.ts": '// import "node:fs"\nexport const b = \'import "node:fs"\';',
    },
  },
  {
    name: "each part of the house sees the parts it may, and effects stay in adapters",
    rule: partOrder(manifest),
    bad: [
      { "functions/http/a.ts": 'import { b } from "../../local/b.ts";' },
      { "functions/http/a.ts": 'import { readFile } from "node:fs/promises";' },
      { "functions/signer/signer.ts": 'import { KMSClient } from "@aws-sdk/client-kms";' },
      { "functions/signer/signer.ts": 'import pg from "pg";' },
      { "functions/signer/env.ts": 'import { randomBytes } from "node:crypto";' },
      { "functions/adapters/a.ts": 'import * as fc from "fast-check";' },
      { "functions/adapters/a.ts": 'import type { T } from "no-such-package";' },
      { "lib/a.ts": 'import { core } from "../functions/signer/signer.ts";' },
      { "lib/a.ts": 'import { b } from "../local/b.ts";' },
      { "local/a.ts": 'import { b } from "../lib/b.ts";' },
      { "local/a.ts": 'import { b } from "../test/b.ts";' },
      { "local/a.ts": 'import { transform } from "@swc/core";' },
      { "web/a.ts": 'import { b } from "../functions/http/b.ts";' },
      { "bin/a.ts": 'import { b } from "../test/b.ts";' },
      { "local/a.ts": "const a = await import(b);" },
      { "bench/a.ts": 'import { b } from "../bin/b.ts";' },
    ],
    good: {
      "functions/adapters/kms/a.ts": 'import { KMSClient } from "@aws-sdk/client-kms";',
      "functions/signer/handler.ts": 'import { KMSClient } from "@aws-sdk/client-kms";',
      "functions/signer/signer.ts": 'import type { Key } from "../../shared/ports/keys.ts";',
      "functions/http/a.ts": 'import type { Context } from "aws-lambda"; import "@middy/core";',
      "lib/a.ts": 'import { env } from "../functions/signer/env.ts"; import "aws-cdk-lib";',
      "local/a.ts": 'import "../functions/signer/signer.ts"; import "node:net"; import "pg";',
    },
  },
  {
    name: "the public package brings the rules' language to nobody",
    rule: publicReach(manifest),
    bad: [
      { "shared/api/client/index.ts": 'import { parse } from "@bufbuild/cel";' },
      {
        "shared/api/client/index.ts": 'export { a } from "../a.ts";',
        "shared/api/a.ts": 'import type { B } from "../coverage/b.ts";',
        "shared/coverage/b.ts": 'import type { CelMap } from "@bufbuild/cel";',
      },
    ],
    good: {
      "shared/proof/index.ts": 'import * as z from "zod"; export { a } from "../base/a.ts";',
      "shared/base/a.ts": 'import "@noble/hashes/sha2.js"; import "#sha256";',
      "shared/coverage/b.ts": 'import { parse } from "@bufbuild/cel";',
    },
  },
  {
    name: "no file imports itself through others",
    rule: noCycles(manifest),
    bad: [
      { "local/a.ts": 'import "./b.ts";', "local/b.ts": 'import type { A } from "./a.ts";' },
      { "local/a.ts": 'import "./a.ts";' },
      {
        "test/a.ts": 'import "./b.ts";',
        "test/b.ts": 'export * from "./c.ts";',
        "test/c.ts": 'const a = await import("./a.ts");',
      },
    ],
    good: {
      "local/a.ts": 'import "./b.ts"; import "./c.ts";',
      "local/b.ts": 'import "./c.ts";',
      "local/c.ts": "",
    },
  },
  {
    name: "modules are short: none over 300 lines, handlers 30, the median at most 100",
    rule: sizes,
    bad: [
      { "shared/base/a.ts": lines(301), "shared/base/b.ts": "", "shared/base/c.ts": "" },
      { "functions/signer/handler.ts": lines(31) },
      { "local/a.ts": lines(101), "local/b.ts": lines(101), "local/c.ts": lines(1) },
    ],
    good: {
      "local/a.ts": lines(300),
      "local/b.ts": lines(100),
      "functions/signer/handler.ts": lines(30),
      "test/a.ts": lines(301),
    },
  },
  {
    name: "modules export names",
    rule: noDefaultExports,
    bad: [
      { "local/a.ts": "export default 1;" },
      { "test/a.ts": "export default function b() {}" },
      { "local/a.ts": "const b = 1; export { b as default };" },
      { "local/a.ts": 'export { default } from "pg";' },
    ],
    good: {
      "jest.config.js": "export default {};",
      "local/a.ts": 'import pg from "pg"; export { default as pg } from "pg";',
    },
  },
  {
    name: "no cast to any",
    rule: noCastToAny,
    bad: [
      { "test/a.ts": split("const a = {} as", " any;") },
      { "local/a.ts": split("const a = {} as", " any[];") },
      { "local/a.ts": split("const a = ({} as", " (any)).b;") },
      { "local/a.ts": split("const a = <", "any>{};") },
    ],
    good: { "local/a.ts": 'const a = "as many as any"; const b = {} as unknown;' },
  },
  {
    name: "shared/ knows no clock, chance, environment or network",
    rule: purity,
    bad: [
      { "shared/base/a.ts": "const a = Date.now();" },
      { "shared/base/a.ts": "const a = new Date();" },
      { "shared/base/a.ts": "const a = Date();" },
      { "shared/base/a.ts": "const a = Math.random();" },
      { "shared/base/a.ts": 'const a = Math["random"]();' },
      { "shared/base/a.ts": "const a = process.env.A;" },
      { "shared/base/a.ts": "const a = crypto.getRandomValues(b);" },
      { "shared/base/a.ts": 'console.log("a");' },
      { "shared/base/a.ts": 'const a = await fetch("b");' },
      { "shared/base/a.ts": "const a = Buffer.from(b);" },
    ],
    good: {
      "shared/base/a.ts": "const a = new Date(0); const b = Math.max(1, 2); const c = Date.UTC(1);",
      "local/a.ts": "const a = Date.now();",
    },
  },
  {
    name: "every test runs, or says why not",
    rule: noSilentSkips,
    bad: [
      { "test/a.test.ts": split("test.ski", 'p("a", () => {});') },
      { "test/a.test.ts": split("describe.concurrent.ski", 'p("a", () => {});') },
      { "test/a.test.ts": split("  xi", 't("a", () => {});') },
      { "test/a.test.ts": split("test.onl", 'y("a", () => {});') },
    ],
    good: {
      "test/a.test.ts": '(here ? test : test.skip)("a", () => {}); pages.skip(1); exit(1);',
      "test/b.test.ts": split("// Skipped: needs the service.\ntest.ski", 'p("a", () => {});'),
    },
  },
  {
    name: "files speak of the project alone and leave nothing unfinished",
    rule: plainText,
    bad: [
      { "README.md": split("see /wo", "rk/main") },
      { "docs/a.md": split("`/ho", "me/ann/claims`") },
      { "local/a.sh": split("cd /tm", "p/x") },
      { ".npmrc": split("registry=https://registry.np", "mjs.org/") },
      { "local/a.ts": split("// TO", "DO: later") },
      { "local/a.ts": split("// @ts-", "ignore") },
      { "test/a.ts": split("expect(tr", "ue).toBe(true);") },
    ],
    good: {
      "README.md": "root's home, /root, is closed; https://example.org/work/of/ours; ./tmp/x",
      "local/a.ts": "const method = 1;",
    },
  },
  {
    name: "names say what a file is about",
    rule: tellingNames,
    bad: [
      { "shared/base/utils.ts": "" },
      { "test/helpers/a.ts": "" },
      { "local/claim-manager.ts": "" },
      { "local/data.ts": "" },
      { "local/info.test.ts": "" },
    ],
    good: { "local/database.ts": "", "test/data/portfolio.csv": "", "web/information.ts": "" },
  },
  {
    name: "package.json names exact versions",
    rule: exactVersions,
    bad: [
      { "package.json": '{"dependencies":{"a":"^1.0.0"}}' },
      { "package.json": '{"devDependencies":{"a":"latest"}}' },
      { "package.json": '{"optionalDependencies":{"a":"1.x"}}' },
    ],
    good: { "package.json": '{"dependencies":{"a":"1.0.0","b":"16.14.0-beta.17"}}' },
  },
  {
    name: "the lockfile names no host",
    rule: lockNamesNoHost,
    bad: [
      {
        "package-lock.json": lock({ "node_modules/a": { resolved: "https://example.org/a.tgz" } }),
      },
    ],
    good: { "package-lock.json": lock({ "node_modules/a": { version: "1.0.0" } }) },
  },
  {
    name: "the lockfile has every platform's packages",
    rule: lockHasEveryPlatform,
    bad: [
      { "package-lock.json": lock({ "node_modules/a": { optionalDependencies: { b: "1.0.0" } } }) },
    ],
    good: {
      "package-lock.json": lock({
        "node_modules/a": { optionalDependencies: { b: "1.0.0", c: "1.0.0" } },
        "node_modules/b": {},
        "node_modules/a/node_modules/c": {},
      }),
    },
  },
];

const sourcesOf = (files: Readonly<Record<string, string>>) =>
  Object.entries(files).map(([path, text]) => ({ path, text }));

describe.each(walls)("$name", ({ rule, bad, good }) => {
  test("the house obeys", () => {
    expect(rule(house).map(({ path, what }) => `${path}: ${what}`)).toEqual([]);
  });
  test("each planted violation is found", () => {
    for (const files of bad) {
      const found = rule(sourcesOf(files));
      expect({ files, found: found.length > 0 }).toEqual({ files, found: true });
    }
  });
  test("its lawful neighbours pass", () => {
    expect(rule(sourcesOf(good))).toEqual([]);
  });
});

test("the walls read the whole house", () => {
  const paths = house.map(({ path }) => path);
  expect(paths).toEqual(expect.arrayContaining(["shared/base/money.ts", "bin/door.mjs"]));
  expect(paths.some((path) => path.startsWith("node_modules/"))).toBe(false);
});
