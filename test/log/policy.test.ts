import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { fromUtf8, utf8 } from "../../shared/base/bytes.ts";
import { Malformed } from "../../shared/base/malformed.ts";
import { formatVerifierKey } from "../../shared/log/key.ts";
import { quorumMet } from "../../shared/log/policy.ts";
import { formatPolicy, parsePolicy } from "../../shared/log/policy-file.ts";
import { ed25519Signer, mlDsa44Signer, type TestSigner } from "./signers.ts";

const vkey = (signer: TestSigner): string => formatVerifierKey(signer.key);
const log = ed25519Signer("log.example/claims", 1);
const pqLog = mlDsa44Signer("log.example/claims");
const [x1, x2, x3, y1, y2, y3] = [11, 12, 13, 14, 15, 16].map((seed) =>
  ed25519Signer(`w${seed}.example`, seed, "cosignature"),
) as [TestSigner, TestSigner, TestSigner, TestSigner, TestSigner, TestSigner];

// The shape of tlog-policy's example: two of X and any of Y.
const example = `log ${vkey(log)}

witness X1 ${vkey(x1)}
witness X2 ${vkey(x2)}
witness X3 ${vkey(x3)}
group X-witnesses 2 X1 X2 X3

witness Y1 ${vkey(y1)}
witness Y2 ${vkey(y2)} https://witness.example/
witness Y3 ${vkey(y3)}
group Y-witnesses any Y1 Y2 Y3

group X-and-Y all X-witnesses Y-witnesses
quorum X-and-Y
`;

describe("a trust policy", () => {
  test("of two groups needs two of one and one of the other", () => {
    const policy = parsePolicy(utf8(example));
    const met = (...signers: TestSigner[]) =>
      quorumMet(
        policy,
        signers.map(({ key }) => key),
      );
    expect(met(x1, x3, y2)).toBe(true);
    expect(met(x1, x2, x3, y1, y2, y3)).toBe(true);
    expect(met(x1, y1, y2, y3)).toBe(false);
    expect(met(x1, x2, x3)).toBe(false);
    expect(met(x1, x1, y1)).toBe(false);
    expect(met(log, pqLog)).toBe(false);
    expect(met()).toBe(false);
  });

  test("counts a witness by its key, not by a name it shares", () => {
    const policy = parsePolicy(utf8(`witness W ${vkey(x1)}\nquorum W\n`));
    expect(quorumMet(policy, [x1.key])).toBe(true);
    expect(quorumMet(policy, [ed25519Signer(x1.key.name, 99, "cosignature").key])).toBe(false);
    expect(quorumMet(policy, [ed25519Signer(x1.key.name, 11).key])).toBe(false);
  });

  test("without a quorum needs no witness", () => {
    const policy = parsePolicy(utf8(`log ${vkey(log)}\nquorum none\n`));
    expect(policy).toEqual({ logs: [{ key: log.key }], witnesses: [], groups: [], quorum: "none" });
    expect(quorumMet(policy, [])).toBe(true);
    expect(parsePolicy(utf8("quorum none\n")).logs).toEqual([]);
  });

  test("comes back from its file", () => {
    const policy = parsePolicy(utf8(example));
    expect(parsePolicy(formatPolicy(policy))).toEqual(policy);
    const two = {
      ...policy,
      logs: [{ key: log.key, url: "https://log.example/" }, { key: pqLog.key }],
    };
    expect(parsePolicy(formatPolicy(two))).toEqual(two);
    expect(fromUtf8(formatPolicy(two))).toContain("group X-witnesses 2 X1 X2 X3\n");
    expect(fromUtf8(formatPolicy(two))).toContain("group Y-witnesses any Y1 Y2 Y3\n");
  });

  test("may have comments, empty lines, tabs, any bytes above ASCII in comments, 64 lines of a kind", () => {
    const spaced = `# note\n \t\n \t# ünïcode\n\tlog\t ${vkey(log)} \t\nwitness Größe ${vkey(x1)}\nquorum Größe\n`;
    expect(parsePolicy(utf8(spaced)).quorum).toBe("Größe");
    const latin1 = Buffer.concat([Buffer.from("# caf\xe9\n", "latin1"), utf8("quorum none\n")]);
    expect(parsePolicy(latin1).quorum).toBe("none");
    const many = Array.from({ length: 65 }, (_, i) => {
      return `witness w${i} ${vkey(ed25519Signer("w.example", i, "cosignature"))}\n`;
    });
    expect(parsePolicy(utf8(`${many.slice(0, 64).join("")}quorum w63\n`)).witnesses).toHaveLength(
      64,
    );
    expect(() => parsePolicy(utf8(`${many.join("")}quorum w63\n`))).toThrow("too many");
  });

  test("that breaks a rule is malformed", () => {
    const w = `witness W ${vkey(x1)}\nwitness V ${vkey(x2)}\n`;
    const bad = [
      "",
      "# nothing\n",
      `log ${vkey(log)}\n`,
      "quorum none",
      "quorum none\r\n",
      `quorum none\nlog ${vkey(log)}`,
      "quorum none\nquorum none\n",
      "quorum\n",
      "quorum none none\n",
      "quorum W\n",
      `quorum W\n${w}`,
      "Quorum none\n",
      "quorum none\nlog\n",
      "quorum none\nlog bad+key\n",
      `quorum none\nlog ${vkey(log)} url more\n`,
      `quorum none\nlog ${vkey(log)}\nlog ${vkey(log)}\n`,
      `quorum none\nlog ${vkey(log)}\nlog ${vkey(ed25519Signer("other.example", 1))}\n`,
      `quorum none\nlog ${vkey(x1)}\n`,
      `quorum none\nwitness L ${vkey(log)}\n`,
      `quorum none\nwitness ${vkey(x1)}\n`,
      `log ${vkey(pqLog)}\nwitness W ${vkey(pqLog)}\nquorum W\n`,
      `witness W ${vkey(ed25519Signer("w.example", 1, "cosignature"))}\nlog ${vkey(log)}\nquorum W\n`,
      `quorum none\nwitness none ${vkey(x1)}\n`,
      `quorum none\n${w}witness W ${vkey(x3)}\n`,
      `quorum none\n${w}witness U ${vkey(ed25519Signer("u.example", 11, "cosignature"))}\n`,
      `quorum none\n${w}group G 1\n`,
      `quorum none\n${w}group G 0 W\n`,
      `quorum none\n${w}group G 3 W V\n`,
      `quorum none\n${w}group G 01 W\n`,
      `quorum none\n${w}group G some W\n`,
      `quorum none\n${w}group G 2 W W\n`,
      `quorum none\n${w}group G any X\n`,
      `quorum none\n${w}group G any G\n`,
      `quorum none\n${w}group G any none\n`,
      `quorum none\n${w}group W any V\n`,
      `quorum none\n${w}group G any W V\ngroup H any W\n`,
      `quorum none\ngroup G any W\n${w}`,
      `quorum none\0\n`,
      `quorum none\n# \x7f\n`,
    ];
    for (const text of bad) {
      expect(() => parsePolicy(utf8(text))).toThrow(Malformed);
    }
    expect(() => parsePolicy(Buffer.from("quorum \xe9\n", "latin1"))).toThrow(Malformed);
    expect(() => parsePolicy(new Uint8Array(2_000_000).fill(0x0a))).toThrow(Malformed);
  });

  test("that could not be read back is not written", () => {
    const policy = parsePolicy(utf8(example));
    const [witness] = policy.witnesses;
    for (const change of [
      { quorum: "nobody" },
      { witnesses: [] },
      { witnesses: policy.witnesses.with(0, { ...witness!, name: "X 1" }) },
      { witnesses: policy.witnesses.with(0, { ...witness!, url: "a b" }) },
      { groups: policy.groups.with(0, { name: "G", threshold: 1.5, members: ["X1", "X2"] }) },
    ]) {
      expect(() => formatPolicy({ ...policy, ...change })).toThrow(Malformed);
    }
  });

  test("cut off anywhere is malformed", () => {
    const bytes = utf8(example);
    fc.assert(
      fc.property(fc.nat(bytes.length), (end) => {
        expect(() => parsePolicy(bytes.slice(0, Math.min(end, bytes.length - 1)))).toThrow(
          Malformed,
        );
      }),
    );
  });
});
