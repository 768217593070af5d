import * as z from "zod";

/** An insurer's id, which is also its log's: the last part of the log's origin. */
export const insurerSchema = z.string().regex(/^[a-z0-9-]{1,63}$/, "is not an insurer's id");
