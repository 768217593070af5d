import { describe, expect, test } from "@jest/globals";
import { readSynthea } from "../../local/portfolio/synthea/read.ts";
import { csv, inFolder, tables, withRows } from "./synthea-folder.ts";

const claimAt = (start: string, payer_transitions?: string) => {
  const encounters = withRows(
    "encounters",
    `enc-9,${start},,pat-1,pay-1,wellness,410620009,,10.00,1.00`,
  );
  const contents = payer_transitions ? { encounters, payer_transitions } : { encounters };
  return inFolder(contents, async (dir) => {
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

  test("at the end instant, with no further window: outside", async () => {
    const [header = "", window = ""] = tables.payer_transitions;
    const only = csv([header, window]);
    expect(await claimAt("2020-03-01T09:59:59Z", only)).toEqual([first, "covered"]);
    expect(await claimAt("2020-03-01T10:00:00Z", only)).toEqual([null, "no-policy"]);
    expect(await claimAt("2020-03-02T00:00:00Z", only)).toEqual([first, "outside-window"]);
  });

  test("in two overlapping windows: the one that starts later", async () => {
    const overlapping = "pat-1,m-2,2019-04-01T10:00:00Z,2020-01-01T10:00:00Z,pay-1,";
    const windows = withRows("payer_transitions", overlapping);
    const later = "2019-04-01T10:00:00Z";
    expect(await claimAt("2019-05-01T00:00:00Z", windows)).toEqual([later, "covered"]);
    expect(await claimAt("2020-02-01T00:00:00Z", windows)).toEqual([first, "covered"]);
  });
});
