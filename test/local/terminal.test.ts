import { readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { describe, expect, test } from "@jest/globals";
import { grouped, readableAmount } from "../../local/terminal/amount.ts";
import { reading } from "../../local/terminal/reading.ts";
import { type Output, terminal } from "../../local/terminal/terminal.ts";
import { Malformed } from "../../shared/base/malformed.ts";
import { temporaryFolder } from "../cluster/temporary.ts";

const columns = [
  { heading: "insurer", align: "left" },
  { heading: "claimed", align: "right" },
] as const;
const rows = [
  ["aetna", "1,345.63"],
  ["blue-cross", "14,624,379.75"],
];

function screen(options: { json?: boolean; tty?: boolean; noColor?: string } = {}) {
  const open = (): PassThrough & Output =>
    Object.assign(new PassThrough(), { isTTY: options.tty ?? false, columns: 100 });
  const [stdout, stderr] = [open(), open()];
  const { json = false, noColor } = options;
  const shown = (stream: PassThrough): string => stream.read()?.toString() ?? "";
  return {
    terminal: terminal({ stdout, stderr, noColor, json }),
    out: () => shown(stdout),
    err: () => shown(stderr),
  };
}

describe("amounts", () => {
  test.each([
    [0n, "0.00 USD"],
    [99999n, "999.99 USD"],
    [100000n, "1,000.00 USD"],
    [1462437975n, "14,624,379.75 USD"],
    [-123456789n, "-1,234,567.89 USD"],
  ])("%s", (minor, text) => {
    expect(readableAmount(minor, "USD")).toBe(text);
  });

  test("three decimals are not grouped, whole yen are", () => {
    expect(readableAmount(1234567n, "KWD")).toBe("1,234.567 KWD");
    expect(readableAmount(1234567n, "JPY")).toBe("1,234,567 JPY");
    expect(grouped(5598)).toBe("5,598");
  });
});

describe("the terminal", () => {
  test("aligns words left and numbers right, without trailing spaces", () => {
    const { terminal, out } = screen();
    terminal.table(columns, rows);
    expect(out()).toBe(
      "insurer           claimed\naetna            1,345.63\nblue-cross  14,624,379.75\n",
    );
  });

  test("never lets a cell steer the terminal", () => {
    const { terminal, out } = screen();
    terminal.table(columns, [["\u001b[31mred", "1"]]);
    expect(out()).not.toContain("\u001b");
  });

  test("shows a line as one line, whatever a sealed field's path or value would have it show", () => {
    const { terminal, out } = screen();
    terminal.line("  x\n  witnessed by regulator\u009b1A\u001b[2K\r\u202e\u2066\u2028 né, 张三");
    expect(out()).toBe("  x�  witnessed by regulator�1A�[2K���� né, 张三\n");
  });

  test("uses colour on a terminal only, and not where NO_COLOR is set", () => {
    const coloured = (options: Parameters<typeof screen>[0]) => {
      const { terminal, out } = screen(options);
      terminal.table(columns, rows);
      return out().includes("\u001b[");
    };
    expect(coloured({ tty: true })).toBe(true);
    expect(coloured({ tty: true, noColor: "" })).toBe(true);
    expect(coloured({ tty: true, noColor: "1" })).toBe(false);
    expect(coloured({ tty: false })).toBe(false);
  });

  test("with --json the result is one line and the only thing on stdout", () => {
    const { terminal, out, err } = screen({ json: true });
    terminal.line("reading");
    terminal.table(columns, rows);
    terminal.progress("claims", 3).advance();
    terminal.result({ claims: 3, text: "a\nb" });
    expect(out()).toBe('{"claims":3,"text":"a\\nb"}\n');
    terminal.complain("no such folder");
    expect(err()).toBe("no such folder\n");
  });

  test("shows progress on stderr, and only where that is a terminal", () => {
    const quiet = screen();
    const bar = quiet.terminal.progress("claims", 2);
    bar.advance();
    bar.stop();
    expect([quiet.out(), quiet.err()]).toEqual(["", ""]);
    const loud = screen({ tty: true, json: true });
    const shown = loud.terminal.progress("claims", 2);
    shown.advance(2);
    shown.stop();
    expect(loud.out()).toBe("");
    expect(loud.err()).toContain("claims");
  });
});

test("what can't be read is named: the file of a folder that is at fault, not the folder", () => {
  const folder = temporaryFolder("reading");
  const link = join(folder, "acme.policy");
  symlinkSync(join(folder, "nowhere"), link);
  const names = () => readdirSync(folder).map((name) => readFileSync(join(folder, name)));
  expect(() => reading(folder, names)).toThrow(`${link} can't be read (ENOENT)`);
  const parsed = () => {
    throw new Malformed("size", "is not a decimal number");
  };
  expect(() => reading(folder, parsed)).toThrow(`${folder}: size`);
  expect(() => reading(folder, () => readFileSync(folder))).toThrow(
    `${folder} can't be read (EISDIR)`,
  );
  const bug = () => {
    throw new Error("bug");
  };
  expect(() => reading(folder, bug)).toThrow("bug");
  rmSync(folder, { recursive: true });
});
