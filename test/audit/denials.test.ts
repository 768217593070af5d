import { describe, expect, test } from "@jest/globals";
import { batchGapUs, type Denial, denialsByActor } from "../../shared/audit/denials.ts";
import { handle, noon, second, signedIn } from "../policy/sample.ts";
import { audit } from "./bundle.ts";
import { honestLog } from "./honest.ts";
import { adjuster } from "./walk.ts";

const [ada, ben] = [handle("6"), handle("7")];
let next = 0n;
/** A denial by `actor`: the file opened at `opened` seconds past noon, denied at `decided`. */
const denial = (opened: number, decided: number, over: Partial<Denial> = {}): Denial => ({
  index: next++,
  actor: ada,
  kind: "person",
  credential: signedIn,
  openedAt: noon + BigInt(opened) * second,
  decidedAt: noon + BigInt(decided) * second,
  documents: 1,
  ...over,
});
const batchesOf = (...denials: Denial[]) =>
  denialsByActor(denials).flatMap(({ batches }) => batches.map(({ count }) => count));

describe("denials by actor", () => {
  test("count, the median a file was open, and denials without a document", () => {
    const some = [denial(0, 10), denial(1000, 1600), denial(5000, 5030, { documents: 0 })];
    const both = [...some, denial(0, 4, { actor: ben, credential: { ...signedIn, method: null } })];
    expect(denialsByActor(both)).toMatchObject([
      { actor: ada, count: 3, medianOpenSeconds: 30, withoutDocuments: 1, credentials: 1 },
      { actor: ben, count: 1, medianOpenSeconds: 4, withoutDocuments: 0 },
    ]);
    expect(denialsByActor([denial(0, 1), denial(0, 2)])[0]?.medianOpenSeconds).toBe(1.5);
    expect(denialsByActor([])).toEqual([]);
  });

  test("simulated ones come last and apart, even for the same handle", () => {
    const played = [denial(0, 1, { kind: "simulated" }), denial(9, 10, { kind: "simulated" })];
    const all = denialsByActor([...played, denial(0, 1)]);
    expect(all.map(({ kind, simulated, count }) => [kind, simulated, count])).toEqual([
      ["person", false, 1],
      ["simulated", true, 2],
    ]);
  });

  test("one nobody signed is told too", () => {
    const forged = denial(0, 0, { actor: null, kind: "machine", credential: null });
    expect(denialsByActor([forged])).toMatchObject([{ actor: null, kind: "machine", count: 1 }]);
  });
});

describe("batches", () => {
  const gap = Number(batchGapUs / second);

  test("decided within a minute of one another, in a chain", () => {
    expect(
      batchesOf(denial(0, 9000), denial(2000, 9000 + gap), denial(4000, 9000 + 2 * gap)),
    ).toEqual([3]);
    expect(batchesOf(denial(0, 9000), denial(2000, 9001 + gap))).toEqual([]);
  });

  test("opened within a minute, or at the very same time, and decided hours apart", () => {
    expect(batchesOf(denial(0, 3600), denial(0, 9000))).toEqual([2]);
    expect(batchesOf(denial(0, 3600), denial(gap, 9000))).toEqual([2]);
    expect(batchesOf(denial(0, 3600), denial(gap + 1, 9000))).toEqual([]);
  });

  test("of one actor only, apart from those that stand alone, named by their entries", () => {
    next = 40n;
    const [a, b] = [denial(0, 100), denial(0, 130, { actor: ben })];
    expect(batchesOf(a, b)).toEqual([]);
    const [c, d, e] = [denial(5000, 6000), denial(5010, 7000), denial(9000, 9900)];
    expect(denialsByActor([e, d, c])[0]?.batches).toEqual([{ count: 2, first: "42", last: "43" }]);
  });
});

describe("an audited log", () => {
  test("tells each denial that its decisions hold, whoever decided again later", async () => {
    const log = await honestLog();
    const { denials } = await audit(log.bundle());
    expect(denials).toMatchObject({
      unread: 0,
      actors: [{ actor: adjuster, kind: "person", simulated: false, count: 1, batches: [] }],
    });
  });

  test("says how many decisions it could not read", async () => {
    const log = await honestLog();
    const at = log.walk.at("denied two");
    const { denials, tally } = await audit(log.bundle({ withheld: [at] }));
    expect(denials?.actors).toEqual([]);
    // The later ruling on the claim rests on the withheld one, but says itself that it is no denial.
    expect([denials?.unread, tally.withheld]).toEqual([1, 3]);
  });

  test("a denial that a machine forged stands out twice: refused, and by nobody", async () => {
    const log = await honestLog();
    const { denials, findings } = await audit(
      log.rewritten("denied two", ({ fields: { by: _by, ...fields } }) => ({
        actor: "machine",
        fields,
      })),
    );
    expect(denials?.actors).toMatchObject([{ actor: null, kind: "machine" }]);
    expect(findings.map(({ code }) => code)).toContain("refused");
  });

  test("a file said to have been opened after the denial, or of another claim, is refused", async () => {
    const log = await honestLog();
    const { command } = log.fields("denied two") as { command: { ruling: object } };
    const said = (over: object) =>
      log.forged("denied two", {
        command: { ...command, ruling: { ...command.ruling, ...over } } as never,
      });
    for (const over of [
      { fileOpenedAt: "2026-03-04T12:00:00.000001Z" },
      { documentsOpened: [{ stream: handle("3"), version: "1" }] },
    ]) {
      const { findings } = await audit(said(over));
      expect(findings[0]).toMatchObject({ code: "refused", index: `${log.walk.at("denied two")}` });
    }
  });
});
