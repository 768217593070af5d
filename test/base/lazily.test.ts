import { describe, expect, test } from "@jest/globals";
import * as z from "zod";
import { decodeContent, eventForm } from "../../shared/base/event.ts";
import { lazily } from "../../shared/base/lazily.ts";

/** Something that counts how often it is made. */
function counted<Made extends object>(made: Made) {
  return {
    times: 0,
    make(): Made {
      this.times++;
      return made;
    },
  };
}

describe("what is made lazily", () => {
  test("is made by the first who asks, and once", () => {
    const counting = counted({});
    const asked = lazily(() => counting.make());
    expect(counting.times).toBe(0);
    expect(asked()).toBe(asked());
    expect(counting.times).toBe(1);
  });

  test("is asked for again where making it failed", () => {
    let times = 0;
    const asked = lazily(() => {
      times++;
      if (times === 1) throw new Error("not yet");
      return { times };
    });
    expect(asked).toThrow("not yet");
    expect(asked()).toEqual({ times: 2 });
  });

  test("an event's schema is: declaring its form makes none", () => {
    const counting = counted(z.strictObject({ reason: z.string() }));
    const form = eventForm("claim.reopened", () => counting.make());
    expect(counting.times).toBe(0);
    expect(decodeContent(form, { reason: "a new document" })).toEqual({ reason: "a new document" });
    expect(() => decodeContent(form, { reason: 1 })).toThrow("claim.reopened.reason");
    expect(counting.times).toBe(1);
  });
});
