import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "@jest/globals";
import { needs } from "../../functions/needs.ts";
import { ledgerLine } from "../../lib/settings.ts";
import { migrationSteps } from "../../lib/steps-hash.ts";
import type { Resources } from "./synthesised.ts";

const house = fileURLToPath(new URL("../..", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "countersign-synth-"));
afterAll(() => rmSync(folder, { recursive: true }));

const offline = [
  ["unshare", "-n"],
  ["unshare", "-rn"],
].find(([command = "", ...args]) => spawnSync(command, [...args, "true"]).status === 0);

/** `npx cdk …` as a person runs it, in a network namespace without even loopback and without credentials or a home. */
function cdk(args: readonly string[]) {
  const [command = "", ...first] = offline ?? [];
  const env = { PATH: process.env.PATH, HOME: folder, CDK_DISABLE_CLI_TELEMETRY: "true" };
  const timed = ["sh", "-c", '"$@"; status=$?; times >&2; exit $status', "sh"];
  return spawnSync(command, [...first, ...timed, "npx", "cdk", ...args], {
    cwd: house,
    env,
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
  });
}

/** What the shell's `times` says of its children, its last line: user and system time, which other work on the machine does not lengthen. */
function processorSeconds(stderr: string): number {
  const spent = /(\d+)m([\d.]+)s (\d+)m([\d.]+)s\n$/.exec(stderr)?.slice(1).map(Number) ?? [];
  const [minutes = Number.NaN, seconds = 0, systemMinutes = 0, systemSeconds = 0] = spent;
  return 60 * (minutes + systemMinutes) + seconds + systemSeconds;
}

/** Loads a bundle in a fresh Node with made-up values for `names`, and says what its handler is. */
function handlerOf(bundle: string, names: readonly string[]): string {
  const known: Record<string, string> = {
    DATABASE_URL: "dsql://countersign_app@abc.dsql.us-east-1.on.aws",
    ERASER_DATABASE_URL: "dsql://countersign_eraser@abc.dsql.us-east-1.on.aws",
    WITNESS_POLICY: "quorum none\n",
    ORIGIN_VERIFY: "none",
  };
  const env = Object.fromEntries(names.map((name) => [name, known[name] ?? "a.example"]));
  const program =
    "import(process.argv[1]).then((m) => console.log(typeof m.handler), (e) => console.log(e))";
  const { stdout } = spawnSync(process.execPath, ["-e", program, bundle], {
    env: { AWS_REGION: "us-east-1", ...env },
    encoding: "utf8",
  });
  return stdout.trim();
}

// Skipped: where no network namespace can be made, "offline" can't be shown.
const whenOffline = offline ? test : test.skip;

whenOffline(
  "npx cdk synth works offline, within 30 s, prints the line beside the template, and each bundle loads",
  () => {
    const out = join(folder, "out");
    const { status, stdout, stderr } = cdk(["synth", "CountersignSigner", "-o", out]);
    expect([status, stderr.includes("rror")]).toEqual([0, false]);
    expect(stderr.split("\n")).toContain(ledgerLine("tlog"));
    expect(stdout).toMatch(/^Resources:\n/);
    expect(stdout).not.toContain("ledger:");
    expect(processorSeconds(stderr)).toBeLessThan(30);
    const functions = readdirSync(out)
      .filter((name) => name.endsWith(".template.json"))
      .flatMap((name) => {
        const { Resources } = JSON.parse(readFileSync(join(out, name), "utf8"));
        return Object.values(Resources as Resources);
      })
      .filter(({ Type }) => Type === "AWS::Lambda::Function");
    expect(functions).toHaveLength(Object.keys(needs).length);
    for (const { Properties } of functions) {
      const { S3Key } = Properties.Code as { S3Key: string };
      const { Variables } = Properties.Environment as { Variables: Record<string, unknown> };
      const bundle = join(out, `asset.${S3Key.replace(".zip", "")}`, "index.mjs");
      expect(handlerOf(bundle, Object.keys(Variables))).toBe("function");
    }
    // Beside the bundle that migrates lie the steps it reads, and beside no other lies anything but its parts and the licences of what is in them.
    const beside = readdirSync(out)
      .filter(
        (name) => /^asset\.[0-9a-f]{64}$/.test(name) && existsSync(join(out, name, "index.mjs")),
      )
      .flatMap((name) => readdirSync(join(out, name), { recursive: true, encoding: "utf8" }))
      .filter((name) => !/^(index|[0-9A-Z]{8})\.mjs(\.LEGAL\.txt)?$/.test(name));
    const steps = readdirSync(migrationSteps).map((name) => join("migrations", name));
    expect(beside.sort()).toEqual(["migrations", ...steps].sort());
  },
  600_000,
);

/** Which of CloudFormation's own checks found what was acknowledged. */
function suppressedIn(out: string): readonly string[] {
  const report = JSON.parse(readFileSync(join(out, "validation-report.json"), "utf8"));
  const { pluginReports } = report as {
    readonly pluginReports: readonly {
      readonly suppressedViolations?: readonly { readonly ruleName: string }[];
    }[];
  };
  return pluginReports.flatMap(({ suppressedViolations = [] }) =>
    suppressedViolations.map(({ ruleName }) => ruleName),
  );
}

const combinations = [
  ["qldb", "dev"],
  ["tlog", "prod"],
  ["qldb", "prod"],
] as const;

// `list` synthesises every template and asks cdk-nag, but bundles nothing: the bundles are the same in all four.
whenOffline.each(combinations)(
  "-c ledger=%s -c stage=%s synthesises offline, within 30 s, and cdk-nag finds nothing",
  (ledger, stage) => {
    const out = join(folder, `${ledger}-${stage}`);
    const years = stage === "prod" ? ["-c", "retentionYears=10"] : [];
    const context = ["-c", `ledger=${ledger}`, "-c", `stage=${stage}`, ...years];
    const { status, stderr } = cdk(["list", "-o", out, ...context]);
    expect([status, stderr.includes("rror")]).toEqual([0, false]);
    expect(stderr.split("\n")).toContain(ledgerLine(ledger));
    expect(processorSeconds(stderr)).toBeLessThan(30);
    const types = readdirSync(out)
      .filter((name) => name.endsWith(".template.json"))
      .flatMap((name) => {
        const { Resources } = JSON.parse(readFileSync(join(out, name), "utf8"));
        return Object.values(Resources as Resources).map(({ Type }) => Type);
      });
    const ledgers = types.filter((type) => type === "AWS::QLDB::Ledger");
    expect(ledgers).toHaveLength(ledger === "qldb" ? 1 : 0);
    expect(suppressedIn(out)).toEqual(ledger === "qldb" ? ["E3710"] : []);
  },
  600_000,
);

whenOffline("a bad context value ends in one sentence and a failure", () => {
  const { status, stderr } = cdk(["synth", "-o", join(folder, "bad"), "-c", "ledger=blockchain"]);
  expect(status).not.toBe(0);
  expect(stderr).toContain('Context ledger must be tlog or qldb, not "blockchain".\n');
  expect(stderr).not.toMatch(/ {4}at /);
});
