import { describe, expect, test } from "@jest/globals";
import { fileHash, friendlyBank, type Transfer } from "../../local/bank/bank.ts";
import { Malformed } from "../../shared/base/malformed.ts";

const transfer = (digit: string, minor = 10_050n): Transfer => ({
  payout: digit.repeat(32),
  amount: { minor, currency: "USD" },
  account: "SIM000000001",
});
const file = [transfer("a"), transfer("b", 1n)];

describe("the friendly bank", () => {
  test("settles every payment of a file", () => {
    const { file: hash, reports } = friendlyBank().deliver(file);
    expect(hash).toBe(fileHash(file));
    expect(reports.map(({ payout, report }) => [payout[0], report])).toEqual([
      ["a", "settled"],
      ["b", "settled"],
    ]);
    expect(new Set(reports.map(({ reference }) => reference)).size).toBe(2);
  });

  test("answers the same file the same way, after a restart too", () => {
    const bank = friendlyBank();
    const answer = bank.deliver(file);
    expect(bank.deliver(structuredClone(file))).toEqual(answer);
    expect(friendlyBank().deliver(file)).toEqual(answer);
  });

  test("pays a payout once: another file with it is rejected for that payment", () => {
    const bank = friendlyBank();
    bank.deliver(file);
    const { reports } = bank.deliver([transfer("a"), transfer("c")]);
    expect(reports.map(({ report }) => report)).toEqual(["rejected", "settled"]);
  });

  test("one changed cent, account or order is another file", () => {
    const [a, b] = file as [Transfer, Transfer];
    const others = [
      [{ ...a, amount: { ...a.amount, minor: 1n } }, b],
      [{ ...a, account: "SIM2X" }, b],
      [b, a],
    ];
    const hashes = new Set([file, ...others].map(fileHash));
    expect(hashes.size).toBe(4);
  });

  test.each<[string, Transfer[]]>([
    ["a payout twice", [transfer("a"), transfer("a")]],
    ["nothing to pay", [transfer("a", 0n)]],
    ["a negative amount", [transfer("a", -1n)]],
    ["no account", [{ ...transfer("a"), account: "not an account" }]],
    ["no handle", [{ ...transfer("a"), payout: "payout 1" }]],
  ])("takes no file with %s, and pays nothing of it", (_, bad) => {
    const bank = friendlyBank();
    expect(() => bank.deliver([transfer("b"), ...bad])).toThrow(Malformed);
    expect(bank.deliver([transfer("b")]).reports[0]?.report).toBe("settled");
  });
});
