import { readFileSync, writeFileSync } from "node:fs";
import { toBase64 } from "../../../shared/base/bytes.ts";
import { Malformed } from "../../../shared/base/malformed.ts";
import { type Checkpoint, parseCheckpoint } from "../../../shared/log/checkpoint.ts";
import { parseDecimal } from "../../../shared/log/decimal.ts";
import { parseNote } from "../../../shared/log/note.ts";
import { consistencyFromTiles, rootFromTiles } from "../../../shared/log/tile-reader.ts";
import { formatHashLines } from "../../../shared/proof/hash-lines.ts";
import { parseTlogProof } from "../../../shared/proof/tlog-proof.ts";
import { reading, Unreadable, writing } from "../../terminal/reading.ts";
import { exits, Misused, verb } from "../../terminal/verb.ts";
import { logFiles } from "../log-files.ts";
import { openTiles } from "../log-tiles.ts";

/**
 * `audit consistency DIR|URL --from A --to B --out FILE`: makes the proof that the log's tree at one size begins with its tree at another, from
 * public tiles alone. A and B are sizes, or the files of notes or
 * receipts to take them from, in any order.
 */
export const consistencyVerb = verb({
  name: "consistency",
  usage: ["consistency DIR|URL --from A --to B --out FILE [--insurer ID] [--json]"],
  options: {
    from: { type: "string" },
    to: { type: "string" },
    out: { type: "string" },
    insurer: { type: "string" },
  },
  operands: [1, 1],
  run: async (terminal, { from, to, out, insurer }, [place = ""]) => {
    if (from === undefined || to === undefined || out === undefined) {
      throw new Misused("consistency needs --from A, --to B and --out FILE");
    }
    const { checkpoint, tile } = await openTiles(logFiles(place, insurer, undefined));
    const [one, two] = [sizeIn(from, checkpoint), sizeIn(to, checkpoint)];
    const [size1, size2] = one < two ? [one, two] : [two, one];
    if (size1 < 1n || size2 > checkpoint.size) {
      throw new Unreadable(`sizes are from 1 to ${checkpoint.size}, the log's own`);
    }
    const head = { size: size2, root: await rootFromTiles(size2, tile) };
    const { proof } = await consistencyFromTiles(size1, head, tile);
    writing(out, () => writeFileSync(out, formatHashLines(proof)));
    terminal.line(`${out}: ${proof.length} hashes from size ${size1} to ${size2}`);
    terminal.result({
      origin: checkpoint.origin,
      from: size1.toString(),
      to: size2.toString(),
      proof: proof.map(toBase64),
    });
    return exits.ok;
  },
});

/** A size as it is typed, or that of the checkpoint in the file of a note or receipt of the log of `newest`. */
function sizeIn(text: string, newest: Checkpoint): bigint {
  if (/^\d+$/.test(text)) return reading("a size", () => parseDecimal(text, "size"));
  const { origin, size } = reading(text, () =>
    parseCheckpoint(parseNote(noteOf(readFileSync(text)), "note").text),
  );
  if (origin === newest.origin) return size;
  throw new Unreadable(`${text} is of ${origin}, and not of this log, ${newest.origin}`);
}

function noteOf(bytes: Uint8Array): Uint8Array {
  try {
    return parseTlogProof(bytes).checkpointNote;
  } catch (error) {
    if (error instanceof Malformed) return bytes;
    throw error;
  }
}
