import { describe, expect, test } from "@jest/globals";
import type { DroppedFile } from "../../web/verify/files.ts";
import { type FileKind, kindOf } from "../../web/verify/files.ts";
import { judge } from "../../web/verify/judge.ts";
import { formatSeconds, say } from "../../web/verify/steps.ts";
import {
  consistency,
  fileOf,
  flipped,
  later,
  noQuorum,
  otherPolicy,
  policy,
  receipt,
  requirements,
  rewritten,
  type TestFile,
  unwitnessed,
  withoutMlDsa,
} from "./receipts.ts";

/* What the receipt page says, without a browser. */
const dropped = ({ name, buffer }: TestFile): DroppedFile => ({
  name,
  bytes: new Uint8Array(buffer),
});

/** The verdict on files dropped together. */
function said(...files: readonly TestFile[]) {
  const held = Object.fromEntries(
    files.map((file) => [kindOf(dropped(file)) ?? "nothing", dropped(file)]),
  );
  const verdict = judge(held);
  if (verdict === undefined) throw new Error("there is no receipt among them");
  const states = verdict.steps.map(({ state }) => state);
  return { ...verdict, states };
}

const text = receipt.buffer.toString();
const edited = (from: string, to: string): TestFile => {
  expect(text).toContain(from);
  return fileOf(receipt.name, text.replace(from, to));
};
const place = "claim.decided is entry 7 of 9 in claims.example/acme.";

describe("a receipt on the page", () => {
  test("its policy believes is verified, with each step held and whose word the time is", () => {
    const { tone, sentence, remarks, states } = said(receipt, policy, requirements);
    expect({ tone, sentence }).toEqual({ tone: "verified", sentence: place });
    expect(states).toEqual(Array(7).fill("held"));
    expect(remarks[0]).toContain("witnessed by witness.example/notary at 2023-11-14 22:13:20 UTC");
    const alone = said(unwitnessed, noQuorum);
    expect(alone.tone).toBe("verified");
    expect(alone.remarks[0]).toContain("the time is the insurer's word, no witness's");
  });

  const cases: readonly (readonly [string, readonly TestFile[], string, RegExp])[] = [
    [
      "moved in its log",
      [edited("index 7", "index 6"), policy],
      "inclusion",
      /^The record is not in the signed tree/,
    ],
    [
      "under a changed checkpoint",
      [edited("acme\n9\n", "acme\n8\n"), policy],
      "signatures",
      /^The checkpoint is not what was signed: the signature by claims\.example\/acme does not verify/,
    ],
    [
      "with its ML-DSA-44 line stripped",
      [withoutMlDsa, policy, requirements],
      "requirements",
      /^A signature that you require is missing: you ask for ed25519\+mldsa44/,
    ],
    ["without its witness", [unwitnessed, policy], "witnesses", /^Too few of the witnesses/],
    [
      "under another's policy",
      [receipt, otherPolicy],
      "signatures",
      /^No log that your trust policy names signed/,
    ],
    [
      "cut short",
      [fileOf(receipt.name, text.slice(0, 900)), policy],
      "form",
      /^This is not a whole receipt/,
    ],
    [
      "with its first byte flipped",
      [flipped(receipt, 0), policy],
      "form",
      /^This is not a whole receipt/,
    ],
    [
      "with a byte of its record flipped",
      [flipped(receipt, text.indexOf("extra ") + 1_500), policy],
      "",
      /./,
    ],
  ];
  const order = ["form", "leaf", "signatures", "witnesses", "requirements", "inclusion", "content"];

  test.each(cases)(
    "%s is refused at the step that fails, in one sentence",
    (_, files, step, why) => {
      const { tone, sentence, states } = said(...files);
      expect(tone).toBe("refused");
      expect(sentence).toMatch(why);
      const at = states.indexOf("failed");
      if (step !== "") expect(order[at]).toBe(step);
      expect(states.slice(0, at)).toEqual(Array(at).fill("held"));
      expect(states.slice(at + 1)).toEqual(Array(6 - at).fill("unchecked"));
    },
  );

  test("without a policy is unanchored, and refused where it does not even hold together", () => {
    const held = said(receipt);
    expect(held).toMatchObject({ tone: "unanchored", remarks: [`It says: ${place}`] });
    expect(held.states.filter((state) => state === "unchecked")).toHaveLength(3);
    expect(said(edited("index 7", "index 6")).tone).toBe("refused");
    // What a step before it stopped is not told to want a policy, which would not help.
    const cut = said(fileOf(receipt.name, text.slice(0, 900))).steps.slice(1);
    expect(new Set(cut.map(({ finding }) => finding))).toEqual(
      new Set(["not checked: a step before it failed"]),
    );
  });

  test("is not checked by a policy that can't be read", () => {
    const broken = said(receipt, fileOf("acme.policy", "log nonsense\n"));
    expect(broken).toMatchObject({ tone: "refused", word: "Not checked", steps: [] });
    const unclear = said(receipt, policy, fileOf("acme.require", "require 1 ed448\n"));
    expect(unclear).toMatchObject({ tone: "refused", word: "Not checked" });
  });
});

describe("compared with a checkpoint somebody else kept", () => {
  test("it says that nothing was rewritten, and who cosigned", () => {
    const { tone, remarks, states } = said(receipt, policy, later, consistency);
    expect({ tone, states }).toEqual({ tone: "verified", states: Array(8).fill("held") });
    expect(remarks[1]).toBe(
      "Nothing was rewritten between its checkpoint and the one of size 12, which witness.example/notary cosigned.",
    );
  });

  test("of a rewritten log, without its proof, or of no log believed, it is refused", () => {
    for (const files of [
      [rewritten, consistency],
      [later],
      [fileOf("checkpoint", later.buffer.toString().replace("\n12\n", "\n13\n")), consistency],
    ]) {
      const { tone, sentence, states } = said(receipt, policy, ...files);
      expect({ tone, states }).toEqual({
        tone: "refused",
        states: [...Array(7).fill("held"), "failed"],
      });
      expect(sentence).toMatch(
        /^The record is in the log, but not shown to be in the log of the other/,
      );
    }
    expect(said(receipt, later, consistency)).toMatchObject({ tone: "unanchored" });
  });
});

test("no byte of a receipt can be flipped and the page stay green", () => {
  const unheard: number[] = [];
  for (let at = 0; at < unwitnessed.buffer.length; at += 151) {
    if (said(flipped(unwitnessed, at), noQuorum, requirements).tone === "verified")
      unheard.push(at);
  }
  expect(unheard).toEqual([]);
});

test("files are told apart by what is in them, then by name", () => {
  const kinds: readonly (readonly [TestFile, FileKind | undefined])[] = [
    [fileOf("download", receipt.buffer), "receipt"],
    [fileOf("download", policy.buffer), "policy"],
    [fileOf("download", requirements.buffer), "requirements"],
    [fileOf("download", later.buffer), "note"],
    [fileOf("download", consistency.buffer), "consistency"],
    [flipped(receipt, 0), "receipt"],
    [fileOf("a.policy", "# nothing yet\n"), "policy"],
    [fileOf("cat.jpg", Uint8Array.of(0xff, 0xd8)), undefined],
    [fileOf("a.constructor", ""), undefined],
  ];
  for (const [file, kind] of kinds)
    expect([file.name, kindOf(dropped(file))]).toEqual([file.name, kind]);
});

test("values and times are written for people", () => {
  expect(say({ amount: "12.00", currency: "USD" })).toBe("12.00 USD");
  expect(say("PAY")).toBe("PAY");
  expect(say([{ code: "U07.1" }])).toBe('[\n  {\n    "code": "U07.1"\n  }\n]');
  expect(formatSeconds(0n)).toBe("1970-01-01 00:00:00 UTC");
  expect(formatSeconds(2n ** 62n)).toBe(`second ${2n ** 62n} since 1970`);
});
