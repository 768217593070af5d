import type { Figure } from "./figure.ts";
import { proofs } from "./proofs.ts";
import { sequencing } from "./sequencing.ts";
import { verifying } from "./verifying.ts";

/** One log: records in, proofs out, all of it verified. */
export async function* figures(): AsyncGenerator<Figure> {
  yield await sequencing();
  yield await proofs();
  yield* verifying();
}
