import * as z from "zod";
import { insurerSchema } from "../insurer-id.ts";

/** What rows of the insurer's function have in common whose path names the insurer and nothing else. */
export const ofInsurer = {
  audience: "insurer",
  params: z.strictObject({ insurer: insurerSchema }),
  insurerOf: ({ insurer }: { insurer: string }) => insurer,
} as const;
