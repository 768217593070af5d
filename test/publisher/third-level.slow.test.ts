import { expect, test } from "@jest/globals";
import { advance } from "../../functions/publisher/advance.ts";
import { parseCheckpoint } from "../../shared/log/checkpoint.ts";
import { parseNote } from "../../shared/log/note.ts";
import { type TileId, tilePath } from "../../shared/log/tile.ts";
import { rootFromTiles } from "../../shared/log/tile-reader.ts";
import { publishedLog } from "./published-log.ts";

test("a tree above 65,536 entries grows in its third level, from what was published below it", async () => {
  const log = await publishedLog();
  const bytesAt = async (path: string) =>
    (await log.published.get(`acme/${path}`))?.bytes ?? new Uint8Array(0);
  try {
    await log.owner.query(
      `INSERT INTO outbox (insurer, ord, event_id, stream, version, leaf_hash, record)
       SELECT 'acme', n, 'e' || n, 's' || n, 1, sha256('\\x00'::bytea || int4send(n)), int4send(n)
       FROM generate_series(1, 66000) AS n`,
    );
    for (let size = 0n; size < 66_000n; ) {
      const done = await advance(log.ports, "acme");
      if ("alarm" in done) throw new Error(done.detail);
      size = done.size;
      const head = parseCheckpoint(parseNote(await bytesAt("checkpoint")).text);
      const tile = (id: TileId) => bytesAt(tilePath(id));
      expect(await rootFromTiles(head.size, tile)).toEqual(head.root);
    }
    expect((await bytesAt("tile/2/000.p/1")).length).toBe(32);
  } finally {
    await log.close();
  }
});
