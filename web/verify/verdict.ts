/** How a receipt ends: believed, not believed, or believable by its own word only. */
export type Tone = "verified" | "refused" | "unanchored";

/** How one step of verifying ended. "unchecked": an earlier one failed, or there is no trust policy to check it by. */
export type StepState = "held" | "failed" | "unchecked";

/** A labelled value; `mono` for hashes, keys and other text a person compares letter by letter. */
export interface Fact {
  readonly label: string;
  readonly value: string;
  readonly mono?: boolean;
}

/** One step of docs/spec/receipt.md as the page shows it. `fields`: the openings, by path. */
export interface Step {
  readonly title: string;
  readonly state: StepState;
  /** What it found, in a few words. */
  readonly finding: string;
  readonly facts: readonly Fact[];
  readonly fields?: readonly Fact[];
}

/** What the page says of the files it holds. */
export interface Verdict {
  readonly tone: Tone;
  readonly word: string;
  readonly sentence: string;
  /** What goes with a verdict and is as plain: whose word the time is, what is not shown. */
  readonly remarks: readonly string[];
  readonly steps: readonly Step[];
}
