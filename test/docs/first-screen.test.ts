import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";

/* The README's first screen: "you asked for → command → state", for each noun the project was asked for. */
const at = (path: string): URL => new URL(`../../${path}`, import.meta.url);
const read = (path: string): string => readFileSync(at(path), "utf8");
const { scripts, dependencies, devDependencies } = JSON.parse(read("package.json"));

const [, screen = ""] = /^(.*?)^## /ms.exec(read("README.md")) ?? [];
const rows = screen
  .split("\n")
  .filter((line) => /^\| (?!You asked|-)/.test(line))
  .map((line) => line.split(" | ").map((cell) => cell.replaceAll(/^\| | \|$/g, "")));
const asked = rows.map(([noun]) => noun).join(" ");

describe("what was asked for", () => {
  test.each([
    "claims over an HTTP API",
    "admin endpoints",
    "auditors verify",
    "immutable ledger",
    "signed by KMS",
    "coverage rules",
    "decisions",
    "payouts",
    "Amazon QLDB",
  ])("%s has its line", (noun) => {
    expect(asked).toContain(noun);
  });

  test.each([
    ["aws-cdk-lib", devDependencies],
    ["@aws-sdk/client-qldb", dependencies],
    ["@aws-sdk/client-kms", dependencies],
    ["middy", { middy: dependencies["@middy/core"] }],
    ["zod", dependencies],
    ["esbuild", devDependencies],
    ["jest", devDependencies],
  ])("the package %s has its line, and is here", (name, packages) => {
    expect(screen).toContain(name);
    expect(packages[name]).toMatch(/^\d+\.\d+\.\d+$/);
  });

  test.each(["package.json", "cdk.json", "bin", "lib", "functions", "shared", "test", "README.md"])(
    "%s has its line, and is there",
    (path) => {
      expect(asked).toContain(`\`${path}\``);
      expect(existsSync(at(path))).toBe(true);
    },
  );
});

describe("what it says", () => {
  test("each line has a command that is there, and a state", () => {
    expect(rows.length).toBeGreaterThan(10);
    for (const [, command = "", state = ""] of rows) {
      const [, script] = /^`npm (?:run )?([a-z:]+)/.exec(command) ?? [];
      expect(script ? Object.keys(scripts) : ["`npx cdk synth"]).toContain(
        script ?? command.slice(0, 14),
      );
      expect(state.length).toBeGreaterThan(20);
    }
  });

  test("its links lead somewhere, and what it can't claim it says", () => {
    const links = [...read("README.md").matchAll(/\]\(([^)#:]+)\)/g)].map(([, path = ""]) => path);
    expect(links.length).toBeGreaterThan(10);
    expect(links.filter((path) => !existsSync(at(path)))).toEqual([]);
    expect(screen).toContain("synthesised and tested, not yet deployed by us");
    expect(screen).toMatch(/Amazon shut QLDB down on 2025-07-31: .* no account can deploy it/);
  });
});
