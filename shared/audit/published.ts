import { clocksForm } from "../policy/clocks.ts";
import { bandsForm, type InsurerState } from "../policy/insurer.ts";
import { type PackState, packForm } from "../policy/pack.ts";
import { paymentsForm } from "../policy/payments.ts";

/** What is published that a decision may read a superseded version of, within the grace. */
export type Document = "bands" | "payments" | "clocks" | "pack";

/** By the type of the record that publishes it. */
export const publishing: ReadonlyMap<string, Document> = new Map([
  [bandsForm.type, "bands"],
  [paymentsForm.type, "payments"],
  [clocksForm.type, "clocks"],
  [packForm.type, "pack"],
]);

/** What a document's stream, insurer or pack, was once it was published, at one version, with the minute its record shows. */
export interface Published<State = InsurerState | PackState> {
  readonly document: Document;
  readonly version: bigint;
  readonly state: State;
  readonly time: string;
}
