import { describe, expect, test } from "@jest/globals";
import { endToEndIdOf, payoutOf } from "../../shared/iso20022/identifiers.ts";
import { readMessage } from "../../shared/iso20022/message-reader.ts";
import { notificationReader } from "../../shared/iso20022/notification.ts";
import { formatPaymentFile } from "../../shared/iso20022/payment-file.ts";
import type { OutgoingFile, Rail } from "../../shared/ports/rail.ts";

/** A rail with the bank at its other end. */
export interface Rails {
  readonly rail: Rail;
  /** The bank's turn: what was sent may be answered now. */
  readonly turn: () => Promise<void>;
  /** How often the bank booked each payment. */
  readonly booked: () => readonly { readonly endToEndId: string; readonly debits: number }[];
}

const payer = { name: "Acme Mutual Aid", account: "SIM0000000001" };

/** A file of one payment for each of `digits`: its payouts are 32 of that digit. */
export function fileOf(name: string, digits: string, minor = 10_050n): OutgoingFile {
  const file = name.repeat(32);
  const payouts = [...digits].map((digit) => digit.repeat(32));
  const payments = payouts.map((payout) => ({
    payout,
    amount: { minor, currency: "USD" as const },
    payee: { name: `Payee ${payout.slice(0, 1)}`, account: "SIM0000000002" },
    day: 18_312n,
  }));
  const createdAt = 1_582_000_000_000_000n;
  return { file, payouts, bytes: formatPaymentFile({ file, createdAt, payer, payments }) };
}

/** Names as banks and transfer tools give them: `+` and `%` are themselves here, and a space, in the lists, links and headers of S3. */
export const oddNames = [
  "camt 054 & more.xml",
  "a+b c.xml",
  "100%25 (1).xml",
  "überweisung-口座.xml",
  "it's [new]! #1?.xml",
] as const;

/** Everything the bank has left, by name. */
export async function leftBy(rail: Rail, insurer: string): Promise<Map<string, Uint8Array>> {
  const found = new Map<string, Uint8Array>();
  for await (const { name, bytes } of rail.messages(insurer)) {
    const pieces: Uint8Array[] = [];
    for await (const piece of bytes) pieces.push(piece);
    found.set(name, new Uint8Array(Buffer.concat(pieces)));
  }
  return found;
}

/** Payouts that a notification among `messages` says were booked out, one for each booking. */
export const bookedIn = (messages: Iterable<Uint8Array>): string[] =>
  [...messages]
    .filter((bytes) => Buffer.from(bytes).includes("camt.054"))
    .flatMap((bytes) => readMessage(notificationReader(), bytes))
    .flatMap((item) =>
      item.kind === "transaction" && item.direction === "debit"
        ? [payoutOf(item.endToEndId ?? "") ?? "?"]
        : [],
    )
    .sort();

/** What every rail must do, with a friendly bank at its other end. `open` gives one that nobody used. */
export function railContract(name: string, open: () => Promise<Rails>): void {
  describe(`rail: ${name}`, () => {
    test("brings a payment to the bank, and its booking back until it is acknowledged", async () => {
      const { rail, turn } = await open();
      expect(await leftBy(rail, "acme")).toEqual(new Map());
      expect(await rail.send("acme", fileOf("1", "a"))).toBe("sent");
      await turn();
      const left = await leftBy(rail, "acme");
      expect(bookedIn(left.values())).toEqual(["a".repeat(32)]);
      // Read again as long as nobody acknowledged it: whoever died after reading reads it again.
      expect(await leftBy(rail, "acme")).toEqual(left);
      for (const one of left.keys()) await rail.acknowledge("acme", one);
      expect(await leftBy(rail, "acme")).toEqual(new Map());
      for (const one of left.keys()) await rail.acknowledge("acme", one);
    });

    test("a file sent again, before or after the bank took it, is paid once", async () => {
      const { rail, turn, booked } = await open();
      const file = fileOf("2", "b");
      expect(await rail.send("acme", file)).toBe("sent");
      expect(await rail.send("acme", file)).toBe("sent");
      await turn();
      expect(await rail.send("acme", file)).toBe("sent");
      await turn();
      expect(booked()).toEqual([
        { endToEndId: endToEndIdOf("b".repeat(32)), debits: 1, credits: 0 },
      ]);
      expect(bookedIn((await leftBy(rail, "acme")).values())).toEqual(["b".repeat(32)]);
    });

    test("other bytes under an identifier that waits are a conflict, and not done", async () => {
      const { rail, turn, booked } = await open();
      await rail.send("acme", fileOf("3", "c"));
      expect(await rail.send("acme", fileOf("3", "c", 1n))).toBe("conflict");
      await turn();
      expect(booked()).toHaveLength(1);
      const [text] = [...(await leftBy(rail, "acme")).values()]
        .map((bytes) => Buffer.from(bytes).toString("utf8"))
        .filter((message) => message.includes("camt.054"));
      expect(text).toContain(">100.50</Amt>");
    });

    test("one insurer's messages are not another's", async () => {
      const { rail, turn } = await open();
      await rail.send("acme", fileOf("4", "d"));
      await rail.send("other", fileOf("5", "e"));
      await turn();
      expect(bookedIn((await leftBy(rail, "acme")).values())).toEqual(["d".repeat(32)]);
      const others = await leftBy(rail, "other");
      expect(bookedIn(others.values())).toEqual(["e".repeat(32)]);
      for (const one of others.keys()) await rail.acknowledge("acme", one);
      expect((await leftBy(rail, "other")).size).toBe(others.size);
    });

    test("takes as many payments in one file as it says", async () => {
      const { rail, turn } = await open();
      const digits = "0123456789abcdef".slice(0, Math.min(16, rail.mostPayments));
      await rail.send("acme", fileOf("6", digits));
      await turn();
      const all = [...digits].map((digit) => digit.repeat(32));
      expect(bookedIn((await leftBy(rail, "acme")).values())).toEqual(all);
    });
  });
}
