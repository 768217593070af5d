import { expect, test } from "@jest/globals";
import { KeptBundles } from "../../shared/audit/kept-bundles.ts";

const of = (length: number) => new Uint8Array(length);

test("what is kept is handed out once, and no more is kept than may be", () => {
  const kept = new KeptBundles(10);
  const first = of(6);
  kept.keep("a", first);
  kept.keep("a", of(4));
  kept.keep("b", of(5));
  expect([kept.take("a"), kept.take("a"), kept.take("b")]).toEqual([first, undefined, undefined]);
  kept.keep("b", of(5));
  kept.keep("c", of(5));
  kept.keep("d", of(1));
  expect(["b", "c", "d"].map((path) => kept.take(path)?.length)).toEqual([5, 5, undefined]);
});
