import {
  type ClaimDates,
  LostRace,
  type PlainRow,
  type Undated,
} from "../../../shared/ports/store.ts";
import { insertRows, type Target } from "./insert-rows.ts";
import type { Queryable } from "./pool.ts";

type Inserted = Exclude<PlainRow, { kind: "dates" }>;
const targets: Record<Inserted["kind"], Target> = {
  order: {
    table: "release_orders",
    columns: {
      insurer: "text",
      file: "text",
      person: "text",
      content: "text",
      opens_at: "bigint",
      state: "text",
    },
  },
  draft: {
    table: "pack_drafts",
    columns: {
      insurer: "text",
      draft: "text",
      pack: "text",
      author: "text",
      content: "text",
      created_at: "bigint",
    },
  },
};

/** Writes one row that no record tells of, in the transaction of the command that made it. */
export const writePlain = (on: Queryable, insurer: string, plain: PlainRow): Promise<void> =>
  plain.kind === "dates"
    ? dateClaim(on, insurer, plain.row)
    : insertRows(on, targets[plain.kind], [[insurer, ...valuesOf(plain)]]);

async function dateClaim(on: Queryable, insurer: string, row: ClaimDates): Promise<void> {
  const { stream, version, decideBy, breachDue, datedBy } = row;
  const { rowCount } = await on.query(
    `UPDATE claim SET decide_by = $4, dated_by = $5, breach_due = $6
     WHERE insurer = $1 AND stream = $2 AND version = $3`,
    [insurer, stream, version, decideBy, datedBy, breachDue],
  );
  if (rowCount !== 1) throw new LostRace("a claim changed");
}

/** Has jobs look at claims: whoever writes or dates one of them meanwhile has lost the race, or this did. */
export async function undate(on: Queryable, insurer: string, of: Undated): Promise<void> {
  if ("claim" in of) {
    await on.query(`UPDATE claim SET breach_due = 0 WHERE insurer = $1 AND stream = $2`, [
      insurer,
      of.claim,
    ]);
    return;
  }
  await on.query(
    `UPDATE claim SET breach_due = 0
     WHERE insurer = $1 AND person = $2 AND status NOT IN ('closed', 'withdrawn', 'erased')`,
    [insurer, of.insured],
  );
}

function valuesOf({ kind, row }: Inserted): readonly unknown[] {
  if (kind === "draft") return [row.draft, row.pack, row.author, row.content, row.createdAt];
  return [row.file, row.person, row.content, row.opensAt, "waiting"];
}
