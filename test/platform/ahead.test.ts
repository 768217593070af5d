import { describe, expect, test } from "@jest/globals";
import { ahead, behind } from "../../local/platform/ahead.ts";
import type { Store } from "../../shared/ports/store.ts";

/** Longer than any test: who waits for it hangs. */
const never = 2 ** 30;

describe("what comes behind", () => {
  test("goes at once where nothing is under way, and else when the last of it has ended, however", async () => {
    const first = ahead(never);
    await first.past();
    const [one, two] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const works = [first.run(() => one.promise), first.run(() => two.promise)];
    const seen: string[] = [];
    const waits = first.past().then(() => seen.push("behind"));
    two.reject(new Error("failed"));
    await expect(works[1]).rejects.toThrow("failed");
    seen.push("one still runs");
    one.resolve();
    await waits;
    expect(seen).toEqual(["one still runs", "behind"]);
    await first.past();
  });

  test("has its turn after the longest wait though work ahead never pauses", async () => {
    const first = ahead(1);
    const endless = Promise.withResolvers<string>();
    const work = first.run(() => endless.promise);
    await first.past();
    endless.resolve("done");
    expect(await work).toBe("done");
  });

  test("is each transaction of a store, and what it reads outside of one is not", async () => {
    const first = ahead(never);
    const begun: string[] = [];
    const store = {
      transaction: async (insurer: string) => begun.push(insurer),
      insurers: async () => ["acme"],
    } as unknown as Store;
    const later = behind(store, first);
    const step = Promise.withResolvers<void>();
    const running = first.run(() => step.promise);
    const done = later.transaction("acme", async () => undefined);
    expect(await later.insurers()).toEqual(["acme"]);
    expect(begun).toEqual([]);
    step.resolve();
    await Promise.all([running, done]);
    expect(begun).toEqual(["acme"]);
  });
});
