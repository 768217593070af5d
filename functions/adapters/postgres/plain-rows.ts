import type { PlainRow } from "../../../shared/ports/store.ts";
import { insertRows, type Target } from "./insert-rows.ts";
import type { Queryable } from "./pool.ts";

const targets: Record<PlainRow["kind"], Target> = {
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

/** Inserts one row that no record tells of, in the transaction of the command that made it. */
export const insertPlain = (on: Queryable, insurer: string, plain: PlainRow): Promise<void> =>
  insertRows(on, targets[plain.kind], [[insurer, ...valuesOf(plain)]]);

function valuesOf({ kind, row }: PlainRow): readonly unknown[] {
  if (kind === "draft") return [row.draft, row.pack, row.author, row.content, row.createdAt];
  return [row.file, row.person, row.content, row.opensAt, "waiting"];
}
