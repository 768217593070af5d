import { expect, test } from "@jest/globals";
import { PaymentFiles } from "../../shared/audit/payment-files.ts";
import { toHex } from "../../shared/base/bytes.ts";
import { decodeContent } from "../../shared/base/event.ts";
import { sha256 } from "../../shared/base/sha256.ts";
import {
  type Proposed,
  proposedForm,
  type Released,
  releasedForm,
} from "../../shared/payout/forms.ts";
import { formatOrder } from "../../shared/payout/payment-file.ts";
import { handle, minute } from "../policy/sample.ts";
import { honestLog } from "./honest.ts";

const [file, first, second] = [handle("f"), handle("c"), handle("d")];

/** The proposal and release of the honest log, as any payout's. */
async function contents() {
  const log = await honestLog();
  const proposed = decodeContent(proposedForm, log.fields("proposed")) as Proposed;
  const released = decodeContent(releasedForm, log.fields("released")) as Released;
  return { proposed, released };
}

/** What a release of `payouts` in one file seals of it. */
async function sealedFor(payouts: readonly string[]): Promise<Released["file"]> {
  const { proposed, released } = await contents();
  const bytes = formatOrder(
    { file, releasedAt: released.now, payer: released.payer },
    payouts.map((payout) => ({ payout, state: proposed })),
  );
  return { handle: file, sha256: toHex(sha256(bytes)), payments: BigInt(payouts.length) };
}

/** What is found of releases of one file, one after another: its payouts, and what else each release says; undefined: it can't be read. */
async function foundOf(
  payouts: readonly string[],
  says: readonly (Partial<Released> | undefined)[],
): Promise<(string | null)[]> {
  const { proposed, released } = await contents();
  const sealed = await sealedFor(payouts);
  const files = new PaymentFiles();
  for (const [at, over] of says.entries()) {
    const stream = [first, second][at] ?? handle("e");
    files.take(BigInt(2 * at), { type: proposedForm.type, stream }, proposed);
    const content = over && { ...released, file: sealed, ...over };
    files.take(BigInt(2 * at + 1), { type: releasedForm.type, stream }, content);
  }
  const source = { publicOnly: true } as Parameters<PaymentFiles["findings"]>[1];
  const found = await files.findings("acme", source, released.now + 60n * minute);
  return found.map(({ code, index }) => `${code} ${index}`);
}

test("a file of two payments is whole with both, and a payment that is withheld is not missed", async () => {
  expect(await foundOf([first, second], [{}, {}])).toEqual([]);
  expect(await foundOf([first, second], [{}, undefined])).toEqual([]);
  expect(await foundOf([first, second], [{}])).toEqual(["payment-differs 1"]);
});

test("all payments of a file are of one payer and one time, whatever hash they seal", async () => {
  const { released } = await contents();
  const payer = { ...released.payer, name: "Somebody Else" };
  for (const over of [{ payer }, { now: released.now + minute }]) {
    expect(await foundOf([first, second], [{}, over])).toEqual(["payment-differs 3"]);
  }
});

test("a payment that says it was in a file that was whole before is found", async () => {
  expect(await foundOf([first], [{}])).toEqual([]);
  expect(await foundOf([first], [{}, { file: await sealedFor([second]) }])).toEqual([
    "payment-differs 3",
  ]);
});
