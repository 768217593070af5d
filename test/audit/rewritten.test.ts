import { beforeAll, describe, expect, test } from "@jest/globals";
import type { Json } from "../../shared/base/canonical.ts";
import { findingsIn } from "./bundle.ts";
import { type Honest, honestLog } from "./honest.ts";
import type { Walk } from "./walk.ts";

let log: Honest;
let walk: Walk;
beforeAll(async () => {
  log = await honestLog();
  walk = log.walk;
});
const finding = (name: string, code: string) => log.finding(name, code);

describe("history rewritten, rehashed and signed anew", () => {
  test("with another award: that decision", async () => {
    const found = await findingsIn(
      log.forged("decided one", { award: { amount: "310.00", currency: "USD" } }),
    );
    expect(found[0]).toBe(finding("decided one", "decision-differs"));
  });

  test("with another ruling's amount, reductions made to fit: the award that was ruled", async () => {
    const { reductions } = log.fields("ruled two") as unknown as { reductions: Json[] };
    const found = await findingsIn(
      log.forged("ruled two", {
        award: { amount: "250.00", currency: "USD" },
        reductions: [
          { ...(reductions[0] as object), amount: { amount: "250.00", currency: "USD" } } as Json,
        ],
      }),
    );
    expect(found.slice(0, 2)).toEqual([
      finding("ruled two", "decision-differs"),
      finding("ruled two", "decision-differs"),
    ]);
  });

  test("with the claim changed under an unchanged decision: the decision's input", async () => {
    const found = await findingsIn(log.forged("submitted two", { lossDate: "2019-05-04" }));
    expect(found).toContain(finding("referred two", "input-differs"));
  });

  test("with a wrong birth date among the inputs: that input", async () => {
    const { inputs } = log.fields("decided one") as unknown as {
      inputs: { field: string }[];
    };
    const older = inputs.map((input) =>
      input.field === "birthDate" ? { ...input, value: "1950-01-01" } : input,
    );
    expect(await findingsIn(log.forged("decided one", { inputs: older as Json }))).toEqual([
      finding("decided one", "input-differs"),
    ]);
  });

  test("with an input's salt or version of another record: that input", async () => {
    const { inputs } = log.fields("decided one") as unknown as { inputs: Json[] };
    const [first, ...rest] = inputs as Record<string, Json>[];
    const other = { ...first, salt: Buffer.alloc(32).toString("base64") };
    expect(
      await findingsIn(log.forged("decided one", { inputs: [other, ...rest] as Json })),
    ).toEqual([finding("decided one", "input-differs")]);
  });

  test("with a false accumulator: that reading", async () => {
    const { accumulators } = log.fields("decided three") as unknown as {
      accumulators: { values: Record<string, string> }[];
    };
    const lower = accumulators.map((row, index) =>
      index === 1 ? { ...row, values: { "medical/approved": "0" } } : row,
    );
    expect(await findingsIn(log.forged("decided three", { accumulators: lower as Json }))).toEqual([
      finding("decided three", "accumulator-differs"),
    ]);
  });

  test("with a decision moved in front of the endorsement it was made under", async () => {
    const items = [...walk.items];
    const [moved] = items.splice(walk.at("decided three"), 1);
    const [submitted] = items.splice(walk.at("submitted three"), 1);
    if (!moved || !submitted) throw new Error("no such record");
    items.splice(walk.at("endorsed"), 0, submitted, moved);
    const found = await findingsIn(log.rebuilt(items));
    expect(found).toContain(`${walk.at("endorsed") + 1} stale-input`);
  });

  test("with the time of a decision: time and record part", async () => {
    const late = await findingsIn(
      log.rewritten("decided one", () => ({ time: "2026-03-04T12:01Z" })),
    );
    expect(late).toEqual([finding("decided one", "time-differs")]);
  });

  test("with a machine that denies: refused", async () => {
    const found = await findingsIn(
      log.rewritten("denied two", ({ fields: { by: _by, ...fields } }) => ({
        actor: "machine",
        fields,
      })),
    );
    expect(found).toContain(finding("denied two", "refused"));
  });

  test("with a person's act unsigned: the act", async () => {
    const found = await findingsIn(
      log.rewritten("denied two", ({ fields: { by: _by, ...fields } }) => ({ fields })),
    );
    expect(found).toContain(finding("denied two", "event-differs"));
  });

  test("with a simulated decider in a log that is no simulation: refused", async () => {
    const found = await findingsIn(log.rewritten("ruled two", () => ({ actor: "simulated" })));
    expect(found).toEqual([finding("ruled two", "refused")]);
  });

  test("with a simulated actor on a public or a withheld record: refused all the same", async () => {
    const bands = await findingsIn(log.rewritten("bands", () => ({ actor: "simulated" })));
    expect(bands).toEqual([finding("bands", "refused")]);
    const at = walk.at("ruled two");
    const items = walk.items.map((item, index) =>
      index === at ? { ...item, actor: "simulated" as const } : item,
    );
    const files = log.rebuilt(items, { withheld: [at] });
    expect(await findingsIn(files)).toEqual([finding("ruled two", "refused")]);
  });
});
