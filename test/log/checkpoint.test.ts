import { describe, expect, test } from "@jest/globals";
import { fromBase64, toHex, utf8 } from "../../shared/base/bytes.ts";
import { Malformed } from "../../shared/base/malformed.ts";
import { type Checkpoint, formatCheckpoint, parseCheckpoint } from "../../shared/log/checkpoint.ts";
import {
  cosignatureMessage,
  cosignedMessage,
  splitTimestamped,
} from "../../shared/log/cosignature.ts";
import { parseVerifierKey } from "../../shared/log/key.ts";
import { openCheckpoint } from "../../shared/log/open-checkpoint.ts";
import { ed25519Signer, mlDsa44Signer, signCheckpoint } from "./signers.ts";

// C2SP tlog-checkpoint's example.
const text =
  "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";
const checkpoint: Checkpoint = {
  origin: "example.com/behind-the-sofa",
  size: 20852163n,
  root: fromBase64("CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I="),
  extensions: [],
};

describe("a checkpoint's text", () => {
  test("is the specification's, and reads back", () => {
    expect(formatCheckpoint(checkpoint)).toBe(text);
    expect(parseCheckpoint(text)).toEqual(checkpoint);
    const extended = { ...checkpoint, extensions: ["one", "— two"], size: 2n ** 63n - 1n };
    expect(parseCheckpoint(formatCheckpoint(extended))).toEqual(extended);
  });

  test("in any other spelling is malformed", () => {
    const bad = [
      "",
      text.slice(0, -1),
      `${text}\n`,
      `\n${text}`,
      text.replace("example", "exam\rple"),
      text.replace("example.com/behind-the-sofa", "x".repeat(256)),
      ...["", "020852163", "+1", "-1", "1.0", "1e3", " 1", "0x10", "9223372036854775808"].map(
        (size) => text.replace("20852163", size),
      ),
      text.replace("CsUY", ""),
      text.replace("2I=", "2J="),
      text.replace("2I=\n", "2I\n"),
      text.replace("CsUY", "Cs-Y"),
      `${text}ext\n\next\n`,
      `${text}ext`,
    ];
    for (const it of bad) expect(() => parseCheckpoint(it)).toThrow(Malformed);
    for (const change of [
      { origin: "" },
      { origin: "a\nb" },
      { size: -1n },
      { extensions: [""] },
    ]) {
      expect(() => formatCheckpoint({ ...checkpoint, ...change })).toThrow(Malformed);
    }
    expect(() => formatCheckpoint({ ...checkpoint, root: new Uint8Array(31) })).toThrow(Malformed);
  });
});

describe("a signed checkpoint", () => {
  const log = ed25519Signer(checkpoint.origin, 1);
  const pq = mlDsa44Signer(checkpoint.origin);
  const witness = ed25519Signer("witness.example/w1", 2, "cosignature");
  const keys = [log.key, pq.key, witness.key];

  test("opens with the keys of log and witness, of all three types", () => {
    const opened = openCheckpoint(signCheckpoint(checkpoint, [log, pq, witness]), keys);
    expect(opened).toEqual({
      checkpoint,
      signatures: [
        { key: log.key },
        { key: pq.key, timeSeconds: 1_700_000_000n },
        { key: witness.key, timeSeconds: 1_700_000_000n },
      ],
      others: [],
    });
  });

  test("of another size, root or origin than was signed is refused, whichever key looks", () => {
    const root = checkpoint.root.with(0, 1);
    for (const change of [{ size: 5n }, { root }, { origin: "example.com/elsewhere" }]) {
      const forged = formatCheckpoint({ ...checkpoint, ...change });
      for (const signer of [log, pq, witness]) {
        const note = Buffer.from(signCheckpoint(checkpoint, [signer])).toString();
        const opened = openCheckpoint(utf8(note.replace(text, forged)), [signer.key]);
        expect(opened).toEqual({ refused: "bad-signature", name: signer.key.name });
      }
    }
  });

  test("has its cosignature's time under the signature", () => {
    for (const signer of [pq, witness]) {
      const line = signer.sign(text, checkpoint);
      const later = { ...line, signature: line.signature.with(7, 1) };
      const note = signCheckpoint(checkpoint, [{ ...signer, sign: () => later }]);
      expect(openCheckpoint(note, keys)).toMatchObject({ refused: "bad-signature" });
    }
  });

  test("is malformed when the text is no checkpoint", () => {
    const line = log.sign("hello\n");
    expect(() => openCheckpoint(utf8(`hello\n\n— x AAAAAAAA\n`), keys)).not.toThrow();
    const note = Buffer.from(signCheckpoint(checkpoint, [{ ...log, sign: () => line }])).toString();
    expect(() => openCheckpoint(utf8(note.replace(text, "hello\n")), keys)).toThrow("checkpoint");
  });
});

test("cosigned messages have the specification's bytes", () => {
  expect(new TextDecoder().decode(cosignatureMessage(1679315147n, text))).toBe(
    `cosignature/v1\ntime 1679315147\n${text}`,
  );
  const message = cosignedMessage("w", 1n, { origin: "o", size: 258n, root: checkpoint.root });
  expect(toHex(message)).toBe(
    `${toHex(utf8("subtree/v1\n"))}000177000000000000000101${"6f"}00000000000000000000000000000102${toHex(checkpoint.root)}`,
  );
  expect(splitTimestamped(new Uint8Array(7))).toBeUndefined();
  expect(splitTimestamped(Uint8Array.of(0x80, 0, 0, 0, 0, 0, 0, 0, 1))).toBeUndefined();
});

// As published in 2026 by the staging CT log arche2025h1 with its public witnesses.
const witnessed = `arche2025h1.staging.ct.transparency.dev
1432088532
U7WM79jrzyhGZ5/GUBTpM7NzwdyfFx61t3RovgcC4Ro=

— arche2025h1.staging.ct.transparency.dev zTM8sQAAAZ5W0WdjBAMARjBEAiBjW5IQf9pvsYLfQFX6hoGREPMHbdQ3urbllzalApkptQIgIpwtEroeW2BXaHAI4kJXFbon5Ch9MNL5zRNZ55lvGt0=
— arche2025h1.staging.ct.transparency.dev ui8GwCF1+kWqZrxGdhj4aX3gcw7XUlXQQabg/27lefwhUkzbC3NygNI75MdhL1bfTW9g8Ei59RA23oHP7Ry1k3ZFWwQ=
— remora.n621.de 2net5wAAAABqEiEgPlfF3V06o0Y+fHM+J5J9s27wgxxcOVSpZ/2g/KSiXCg9DEZI+aVCIobWX9sXTynk5XeU/zZ0WBxtqB0DrAWfBw==
`;

test("a public log's checkpoint opens with its key and its witness's, the CT signature set apart", () => {
  const log = parseVerifierKey(
    "arche2025h1.staging.ct.transparency.dev+ba2f06c0+AU0vHmlGCS/PdN8b2OaGmKprLI8HKM+dJ472xgFYh15f",
  );
  const witness = parseVerifierKey(
    "remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2",
  );
  expect(openCheckpoint(utf8(witnessed), [log, witness])).toMatchObject({
    checkpoint: { size: 1432088532n, extensions: [] },
    signatures: [{ key: log }, { key: witness, timeSeconds: 1779573024n }],
    others: [{ name: log.name, keyId: 0xcd333cb1 }],
  });
  const grown = utf8(witnessed.replace("1432088532", "1432088533"));
  expect(openCheckpoint(grown, [witness])).toMatchObject({ refused: "bad-signature" });
});
