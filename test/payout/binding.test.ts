import { expect, test } from "@jest/globals";
import { bindingOf } from "../../shared/payout/forms.ts";
import { handle } from "../policy/sample.ts";

test("an approval's hash is of payee, account, bank, amount, currency, head, claim and claim version", () => {
  const payee = { name: "Test Payee", account: "DE00TEST1", bic: "DEUTDEFF" };
  const said = {
    payee,
    amount: { minor: 50_000n, currency: "USD" },
    head: "indemnity",
  } as const;
  const [claim, other] = [handle("3"), handle("5")];
  const bindings = [
    bindingOf(said, claim, 2n),
    bindingOf({ ...said, payee: { ...payee, name: "Another" } }, claim, 2n),
    bindingOf({ ...said, payee: { ...payee, account: "DE00TEST2" } }, claim, 2n),
    bindingOf({ ...said, payee: { ...payee, bic: "COBADEFF" } }, claim, 2n),
    bindingOf({ ...said, amount: { ...said.amount, minor: 50_001n } }, claim, 2n),
    bindingOf({ ...said, amount: { ...said.amount, currency: "EUR" } }, claim, 2n),
    bindingOf({ ...said, head: "interest" }, claim, 2n),
    bindingOf(said, other, 2n),
    bindingOf(said, claim, 3n),
  ];
  expect(new Set(bindings).size).toBe(bindings.length);
  expect(bindingOf({ ...said }, claim, 2n)).toBe(bindings[0]);
});
