import * as z from "zod";

/** The most one page lists. */
export const maxPage = 100;

/** What every list takes beside its filters: how many at most, and where the page before ended (opaque, good for the same list and caller only). */
export const pageQuery = {
  limit: z
    .codec(
      z.string().regex(/^[1-9][0-9]{0,2}$/, "is not a number from 1 to 100"),
      z.int().positive(),
      {
        decode: (text, context) => {
          const limit = Number(text);
          if (limit <= maxPage) return limit;
          context.issues.push({ code: "custom", input: text, message: `is above ${maxPage}` });
          return z.NEVER;
        },
        encode: String,
      },
    )
    .default(50),
  cursor: z.string().max(512).optional(),
};

/** One page of a list: `next` is the cursor of the page after it, absent on the last. */
export const pageOf = <Item extends z.ZodType>(item: Item) =>
  z.strictObject({ items: z.array(item).readonly(), next: z.string().optional() });

/** A page as the command side gives it: where it ended, if more comes after. */
export interface Page<Item, Position> {
  readonly items: readonly Item[];
  readonly end: Position | undefined;
}
