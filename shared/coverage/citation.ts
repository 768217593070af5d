import * as z from "zod";
import { lazily } from "../base/lazily.ts";
import { engineReasons } from "./reasons.ts";
import { reasonCode, text } from "./words.ts";

/** A reason code of a pack: not one of the engine's own. */
export const packReason = lazily(() =>
  reasonCode.refine((code) => !Object.hasOwn(engineReasons, code), "is reserved"),
);

/** The clause of the policy's wording that something rests on. */
export const citation = lazily(() => z.strictObject({ clause: text(120), text: text(2_000) }));
export type Citation = z.output<ReturnType<typeof citation>>;
