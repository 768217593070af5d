import { beforeAll, describe, expect, test } from "@jest/globals";
import { concat, utf8 } from "../../shared/base/bytes.ts";
import { packBytes, packHash } from "../../shared/coverage/pack.ts";
import { planSchedule } from "../../shared/coverage/packs.ts";
import { ed25519Signer, signCheckpoint } from "../log/signers.ts";
import { audit, type Files, origin } from "./bundle.ts";
import { type Honest, honestLog } from "./honest.ts";

/* Files that whoever hands the bundle over could write, its manifest made to fit: each is a finding, none stops the audit. */
let log: Honest;
beforeAll(async () => {
  log = await honestLog();
});
const openings = "openings/000000.jsonl";
const found = async (files: Files) =>
  (await audit(files)).findings.map(({ code, file }) => `${code} ${file ?? "-"}`);
const bytesOf = (files: Files, file: string) => files.get(file) ?? new Uint8Array();

test("a newest note that claims more entries than anybody could keep ends like one that claims one too many", async () => {
  for (const size of [2n ** 62n, 300n]) {
    const checkpoint = { origin, size, root: new Uint8Array(32), extensions: [] };
    const note = signCheckpoint(checkpoint, [ed25519Signer(origin, 1)]);
    const files = log.bundle().set("public/checkpoint", note);
    files.set(`public/checkpoints/${size}`, note);
    const { findings } = await audit(files);
    expect(findings.find(({ file }) => file === `public/checkpoints/${size}`)).toMatchObject({
      code: "note-differs",
      expected: `the log as far as size ${size}`,
      found: "less of it can be read",
    });
    expect(await found(files)).toContain("bundle-malformed public/tile/entries/000");
  }
});

test.each([
  ["a member twice", (text: string) => text.replace(/^\{/, '{"id":"x",')],
  ["a space", (text: string) => text.replace(/^\{/, "{ ")],
  ["a newline at its end", (text: string) => `${text}\n`],
])(
  "a pack whose text has %s is not the one its name hashes, though it reads as that one",
  async (_, change) => {
    const file = `public/packs/${packHash(planSchedule)}.json`;
    const text = Buffer.from(packBytes(planSchedule)).toString();
    expect(JSON.parse(change(text))).toEqual(JSON.parse(text));
    expect(await found(log.bundle().set(file, utf8(change(text))))).toContain(
      `pack-differs ${file}`,
    );
  },
);

describe("a file of openings", () => {
  test("without its last newline is a finding", async () => {
    const files = log.bundle();
    const cut = bytesOf(files, openings).slice(0, -1);
    expect(await found(files.set(openings, cut))).toEqual([`opening-malformed ${openings}`]);
  });

  test("with a name that is no Unicode in it is a finding, not the end of the audit", async () => {
    const files = log.bundle();
    const bad = utf8('{"index":"0","leaves":[],"openings":[["","",{"\\ud800":1}]]}\n');
    const more = concat(bytesOf(files, openings), bad);
    expect(await found(files.set(openings, more))).toEqual([`opening-malformed ${openings}`]);
  });
});

describe("a grant", () => {
  const granted = (text: string) =>
    found(log.bundle({ withheld: [log.walk.at("settled")] }).set("openings/withheld", utf8(text)));

  test("lists its indices once each, ascending, a newline after each", async () => {
    const index = log.walk.at("settled");
    expect(await granted(`${index}\n`)).toEqual([]);
    for (const text of [
      `${index}`,
      `${index}\n${index}\n`,
      `${index}\n1\n`,
      `0${index}\n`,
      `${index}\n\n`,
    ]) {
      expect(await granted(text)).toContain("opening-malformed openings/withheld");
    }
  });

  test("of one endless line is a finding", async () => {
    expect(await granted("1".repeat(2_000_000))).toContain("opening-malformed openings/withheld");
  });
});
