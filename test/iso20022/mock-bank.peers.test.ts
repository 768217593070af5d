import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { parseDay } from "../../shared/base/day.ts";
import { payoutOf } from "../../shared/iso20022/identifiers.ts";
import { formatPaymentFile } from "../../shared/iso20022/payment-file.ts";
import { quietPort } from "../cluster/quiet-port.ts";
import { readNotification, readStatusReport } from "./bank-messages.ts";
import { pythonWith } from "./peers.ts";
import { eur, fileOf, handle, payment } from "./sample.ts";

/** Somebody else's bank, and two of the accounts it is born with: one pays from here, the other is closed. */
const packages = pythonWith("mock-bank==0.9.0");
const account = { name: "Countersign Mutual", account: "NL41MOCK0000000001", bic: "MOCKNL2A" };
const closed = { name: "Jürgen <Müller>", account: "NL84MOCK0000000003" };
const returned = handle("3").toUpperCase();

let bank: ChildProcess | undefined;
let base = "";
const ask = async (method: string, path: string, body?: string | Uint8Array<ArrayBuffer>) => {
  const reply = await fetch(`${base}${path}`, { method, ...(body ? { body } : {}) });
  return (await reply.json()) as never;
};
const messages = async (type: string): Promise<string[]> => {
  const found: { body: string }[] = await ask("GET", `/_mock/mailbox?type=${type}&leave`);
  return found.map(({ body }) => body);
};

beforeAll(async () => {
  if (!packages) return;
  const port = await quietPort();
  const args = ["-m", "mockbank", "--port", `${port}`, "--clock", "2025-11-26T08:00", "--quiet"];
  bank = spawn(packages.python, args, { stdio: "ignore" });
  base = `http://127.0.0.1:${port}`;
  const answers = () =>
    fetch(`${base}/_mock/health`).then(
      () => true,
      () => false,
    );
  while (!(await answers())) await sleep(100);
  const late = { days: 1, reason: "AC06", end_to_end_id: returned };
  const changes = { behaviour: "return-later", parameters: late };
  await ask("PATCH", "/_mock/accounts/ACME", JSON.stringify(changes));
}, 180_000);
afterAll(async () => {
  if (bank?.exitCode === null) {
    bank.kill();
    await once(bank, "exit");
  }
  packages?.remove();
});

const withBank = packages ? test : test.skip;

describe("mock-bank from PyPI (needs Python and PyPI)", () => {
  const day = parseDay("2025-11-26", "day");
  const file = formatPaymentFile({
    ...fileOf(
      payment("1", { day }),
      payment("2", { day, payee: closed }),
      payment("3", { day, amount: eur(100n) }),
    ),
    payer: account,
  });

  withBank(
    "takes a payment file without a finding, and a retried one as the duplicate it is",
    async () => {
      const answer = await ask("POST", "/payments", new Uint8Array(file));
      expect(answer).toMatchObject({ status: "PART", findings: [], accepted: 2, rejected: 1 });
      expect(await ask("POST", "/payments", new Uint8Array(file))).toMatchObject({
        status: "RJCT",
      });
    },
  );

  withBank("its status report reads as what it decided of each payout", async () => {
    const [first = ""] = await messages("pain.002");
    const items = readStatusReport(first);
    const payments = items.flatMap((item) => (item.kind === "payment" ? [item] : []));
    expect(
      payments.map(({ endToEndId = "", status }) => [
        payoutOf(endToEndId),
        status?.status,
        status?.reasons,
      ]),
    ).toEqual([
      [handle("1"), "ACCP", []],
      [handle("2"), "RJCT", ["AC04"]],
      [handle("3"), "ACCP", []],
    ]);
    expect(items).toContainEqual(
      expect.objectContaining({
        kind: "file",
        originalMessageId: handle("F"),
        count: 3n,
        sum: "247.9",
      }),
    );
    expect(items.filter(({ kind }) => kind === "discrepancy")).toEqual([]);
  });

  withBank(
    "its notifications read as debits on the day, and the one that came back as a credit with its reason",
    async () => {
      await ask("POST", "/_mock/advance?days=2");
      const items = (await messages("camt.054")).flatMap((text) => readNotification(text));
      const lines = items.flatMap((item) => (item.kind === "transaction" ? [item] : []));
      expect(
        lines.map(({ endToEndId = "", direction, amount, returned }) => [
          payoutOf(endToEndId),
          direction,
          amount?.decimal,
          returned,
        ]),
      ).toEqual([
        [handle("1"), "debit", "123.45", undefined],
        [handle("3"), "debit", "1", undefined],
        [handle("3"), "credit", "1", "AC06"],
      ]);
      expect(
        lines.every(
          ({ entry, account: from }) => entry.status === "BOOK" && from === account.account,
        ),
      ).toBe(true);
      expect(items.filter(({ kind }) => kind === "discrepancy")).toEqual([]);
    },
  );
});
