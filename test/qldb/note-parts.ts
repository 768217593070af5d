/** A part of a note (C2SP signed-note), and the place in its middle. */
export interface NotePart {
  readonly part: string;
  readonly at: number;
}

/** The parts of a signed digest with one signature. */
export function noteParts(note: Uint8Array): NotePart[] {
  const text = Buffer.from(note).toString("latin1");
  const dash = text.lastIndexOf("\n", text.length - 2) + 1;
  const name = text.indexOf(" ", dash) + 1;
  const blob = text.indexOf(" ", name) + 1;
  const newline = (n: number): number => (n < 0 ? -1 : text.indexOf("\n", newline(n - 1) + 1));
  const line = (n: number) => Math.floor((newline(n - 1) + 1 + newline(n)) / 2);
  return [
    { part: "origin", at: line(0) },
    { part: "blocks", at: line(1) },
    { part: "digest", at: line(2) },
    { part: "kind", at: newline(2) + 3 },
    { part: "strand", at: newline(3) - 5 },
    { part: "empty line", at: newline(4) },
    { part: "dash", at: dash + 1 },
    { part: "signer's name", at: name + 4 },
    { part: "key id", at: blob + 2 },
    { part: "signature", at: text.length - 20 },
  ];
}
