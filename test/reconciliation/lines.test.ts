import { describe, expect, test } from "@jest/globals";
import { notificationSays, reportSays } from "../../functions/reconciliation/lines.ts";
import { readBankMessage } from "../../functions/reconciliation/read-message.ts";
import { formatNotification } from "../../local/bank/notification.ts";
import { formatStatusReport, type StatusReport } from "../../local/bank/status-report.ts";
import { utf8 } from "../../shared/base/bytes.ts";

const message = "0a".repeat(32);
const id = (digit: string): string => digit.repeat(32).toUpperCase();
const handle = (digit: string): string => digit.repeat(32);
const known = {
  count: 3n,
  sum: "30.00",
  batches: new Map([
    ["F-1", [handle("a"), handle("b")]],
    ["F-2", [handle("c")]],
  ]),
};
const original = { messageId: id("f"), count: 3, sum: "30" };
const head = { messageId: "M1", createdAt: "2020-02-20T10:00:00Z" };

async function* pieces(text: string): AsyncIterable<Uint8Array> {
  const bytes = utf8(text);
  for (let from = 0; from < bytes.length; from += 100) yield bytes.subarray(from, from + 100);
}

async function reported(report: Partial<StatusReport>) {
  const text = formatStatusReport({ ...head, original, ...report });
  const read = await readBankMessage(pieces(text));
  if (read.kind !== "report") throw new Error(read.kind);
  const { lines, breaks } = reportSays(read.items, known, message);
  return {
    rejected: lines.map(({ payout }) => payout[0]).sort(),
    breaks: breaks.map(({ kind }) => kind),
    lines,
  };
}
const payment = (digit: string, status = "RJCT") => ({ endToEndId: id(digit), status });
const batch = (name: string, ...payments: ReturnType<typeof payment>[]) => ({
  paymentInformationId: name,
  payments,
});

describe("a status report", () => {
  test("rejects a whole file, a whole batch, or what it lists", async () => {
    expect(await reported({ status: "RJCT" })).toMatchObject({ rejected: ["a", "b", "c"] });
    expect(await reported({ batches: [{ ...batch("F-1"), status: "RJCT" }] })).toMatchObject({
      rejected: ["a", "b"],
    });
    expect(await reported({ status: "PART", batches: [batch("F-1", payment("b"))] })).toMatchObject(
      { rejected: ["b"] },
    );
    // A payment's own status goes before its file's.
    expect(
      await reported({ status: "RJCT", batches: [batch("F-1", payment("a", "ACCP"))] }),
    ).toMatchObject({ rejected: ["b", "c"] });
    for (const status of ["ACCP", "ACSC", "PDNG", "XXXX"]) {
      expect(await reported({ status })).toMatchObject({ rejected: [], breaks: [] });
    }
  });

  test("says nothing of a payment that its file does not carry", async () => {
    const said = await reported({ batches: [batch("F-1", payment("d"), payment("a"))] });
    expect(said).toMatchObject({ rejected: ["a"], breaks: ["unknown-payment"] });
  });

  test("hands on the amount it states, and that of another currency", async () => {
    const amount = { minor: 1_000n, currency: "EUR" } as const;
    const { lines } = await reported({
      batches: [batch("F-1", { ...payment("a"), amount } as never)],
    });
    expect(lines[0]?.amount).toMatchObject({ currency: "EUR", decimal: "10" });
  });

  test("that says two things of one payment, or speaks of another count or sum, is not believed", async () => {
    const both = await reported({ batches: [batch("F-1", payment("a"), payment("a", "ACCP"))] });
    expect(both).toMatchObject({ rejected: [], breaks: ["wrong-totals"] });
    for (const wrong of [{ count: 4 }, { sum: "30.01" }, { sum: "3" }]) {
      expect(await reported({ status: "RJCT", original: { ...original, ...wrong } })).toMatchObject(
        {
          rejected: [],
          breaks: ["other-file"],
        },
      );
    }
    expect(reportSays([], undefined, message).breaks).toMatchObject([{ kind: "unknown-file" }]);
  });
});

describe("a notification", () => {
  const amount = { minor: 1_000n, currency: "USD" } as const;
  const entry = { amount, direction: "DBIT" as const, bookedOn: 18_312n, reference: "E1" };
  const says = async (...entries: Parameters<typeof formatNotification>[0]["entries"]) => {
    const account = { iban: "DE89370400440532013000" };
    const read = await readBankMessage(pieces(formatNotification({ ...head, account, entries })));
    if (read.kind !== "notification") throw new Error(read.kind);
    return notificationSays(read.items, message);
  };
  const ours = [{ endToEndId: id("a"), amount }];

  test("says what was booked out and what came back, on which account, under the entry's number where the payment has none", async () => {
    const { lines, breaks } = await says(
      { ...entry, payments: ours },
      { ...entry, direction: "CRDT", reference: "E2", payments: ours },
    );
    expect(breaks).toEqual([]);
    expect(lines).toMatchObject([
      {
        payout: handle("a"),
        report: "settled",
        reference: "E1",
        account: "DE89370400440532013000",
      },
      { payout: handle("a"), report: "returned", reference: "E2" },
    ]);
  });

  test("is passed over where nothing is booked, or somebody else pays in", async () => {
    const others = [{ endToEndId: "PREMIUM-7", amount }];
    const said = await says(
      { ...entry, status: "PDNG", payments: ours },
      { ...entry, status: "INFO", payments: ours },
      { ...entry, direction: "CRDT", payments: others },
      { ...entry, direction: "CRDT" },
    );
    expect(said).toEqual({ lines: [], breaks: [] });
  });

  test("that books what nobody sent is a break of its kind, once", async () => {
    const kinds = async (...ids: string[]) =>
      (
        await says(...ids.map((endToEndId) => ({ ...entry, payments: [{ endToEndId, amount }] })))
      ).breaks.map(({ kind }) => kind);
    expect(await kinds("SALARY-1", "SALARY-2")).toEqual(["unknown-payment"]);
    expect(await kinds("NOTPROVIDED")).toEqual(["unexplained"]);
    expect((await says(entry)).breaks).toMatchObject([{ kind: "unexplained", message }]);
  });
});

test("a message longer than may be is unreadable by its beginning, whatever follows", async () => {
  async function* endless(pieceBytes: number): AsyncIterable<Uint8Array> {
    yield utf8(
      '<?xml version="1.0"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.054.001.08">',
    );
    for (;;) yield new Uint8Array(pieceBytes).fill(32);
  }
  const limits = (await import("../../functions/reconciliation/read-message.ts")).collectLimits;
  const read = await readBankMessage(endless(1_000), { ...limits, documentBytes: 50_000 });
  expect(read.kind).toBe("unreadable");
  // However it is cut, it is the same message.
  expect(await readBankMessage(endless(7_777), { ...limits, documentBytes: 50_000 })).toEqual(read);
});
