import { describe, expect, test } from "@jest/globals";
import { readSynthea } from "../../local/portfolio/synthea/read.ts";
import { inFolder, withRows } from "./synthea-folder.ts";

const claimAt = (start: string) => {
  const encounters = withRows(
    "encounters",
    `enc-9,${start},,pat-1,pay-1,wellness,410620009,,10.00,1.00`,
  );
  return inFolder({ encounters }, async (dir) => {
    const { claims } = await readSynthea(dir);
    const { policy, eligibility } = claims.at(-1)!;
    return [policy?.split("/").at(-1) ?? null, eligibility];
  });
};
const first = "2019-03-01T10:00:00Z";
const second = "2020-03-01T10:00:00Z";

describe("the window a claim names (windows: one ends the instant the other starts)", () => {
  test.each<[string, string, string | null, string]>([
    ["inside", "2019-05-01T00:00:00Z", first, "covered"],
    ["at the first instant", first, first, "covered"],
    ["a second before the end", "2020-03-01T09:59:59Z", first, "covered"],
    ["at the end, where the next one starts", second, second, "covered"],
    ["in the open one", "2999-12-31T23:59:59Z", second, "covered"],
    ["a day before all: the earliest", "2019-02-28T23:59:59Z", first, "outside-window"],
  ])("%s", async (_, start, policy, eligibility) => {
    expect(await claimAt(start)).toEqual([policy, eligibility]);
  });

  test("on the first day but before the first instant: never a policy of that day", async () => {
    expect(await claimAt("2019-03-01T09:59:59Z")).toEqual([second, "outside-window"]);
  });
});
