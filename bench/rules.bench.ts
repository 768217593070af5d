import { deciding } from "./deciding.ts";
import type { Figure } from "./figure.ts";
import { heaviest } from "./heaviest.ts";
import { replaying } from "./replaying.ts";

/** Coverage rules: decisions made, made again by the audit, and the longest one there can be. */
export async function* figures(): AsyncGenerator<Figure> {
  yield deciding();
  yield await replaying();
  yield heaviest();
}
