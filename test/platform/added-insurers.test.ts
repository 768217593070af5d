import { expect, test } from "@jest/globals";
import { parseAdded } from "../../local/platform/added-insurers.ts";

test("an insurer to add is its id and its currency", () => {
  expect(parseAdded("acme:EUR")).toEqual({ insurer: "acme", currency: "EUR" });
});

test.each(["acme", "acme:", ":EUR", "Acme:EUR", "acme:XXX", "acme:EUR:simulation", ""])(
  "%j is none",
  (text) => expect(parseAdded(text)).toBeUndefined(),
);
