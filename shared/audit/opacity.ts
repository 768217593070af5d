import type { Subject } from "../base/accumulator.ts";
import type { StreamKind } from "../base/event.ts";
import type { Handle } from "../base/handle.ts";
import { type Decided, decidedForm } from "../claim/decided.ts";
import type { ClaimState } from "../claim/state.ts";
import { type Submitted, submittedForm } from "../claim/submit.ts";
import { type Proposed, proposedForm } from "../payout/forms.ts";
import type { PayoutState } from "../payout/state.ts";
import type { StateOf } from "./streams.ts";

/** Why a record can't be taken in: the grant says so, a recorded erasure does, or nobody. */
export type Cause = "grant" | "hole" | "erasure";

/** The weightier of two causes: a hole outweighs a grant, a grant an erasure. */
export const weightier = (a: Cause | undefined, b: Cause | undefined): Cause | undefined =>
  (["hole", "grant", "erasure"] as const).find((cause) => cause === a || cause === b);

/** What a reader of the fold meets when the state it asks for rests on records this auditor can't open. */
export class Opaque extends Error {
  override readonly name = "Opaque";
  readonly what: string;
  readonly cause: Cause;
  constructor(what: string, cause: Cause) {
    super(`${what} rests on records that are not open`);
    this.what = what;
    this.cause = cause;
  }
}

type Moved = Subject | "policy/*" | "claim/*";

/** Which streams and accumulators an auditor can't know, because a record that moved them is not open. A hole outweighs a grant. */
export class Opacity {
  readonly #streams = new Map<Handle, Cause>();
  readonly #moved = new Map<Moved, Cause>();
  /** The claim of a payout, the policy of a claim (undefined: none), as their first record says where it was opened at least. */
  readonly #parents = new Map<Handle, Handle | undefined>();

  /** Throws Opaque where a record of the stream is not open. */
  requireStream(stream: Handle): void {
    const cause = this.#streams.get(stream);
    if (cause) throw new Opaque(`stream ${stream}`, cause);
  }

  /** Throws Opaque where a record that moved, or may have moved, the accumulator is not open. */
  requireSubject(subject: Subject): void {
    const any = subject.startsWith("policy/") ? "policy/*" : "claim/*";
    const cause = weightier(this.#moved.get(subject), this.#moved.get(any));
    if (cause) throw new Opaque(`the accumulator of ${subject}`, cause);
  }

  /** Whether neither of the two reads would throw. */
  isOpen(of: { readonly stream: Handle } | { readonly subject: Subject }): boolean {
    try {
      if ("stream" in of) this.requireStream(of.stream);
      else this.requireSubject(of.subject);
      return true;
    } catch (error) {
      if (error instanceof Opaque) return false;
      throw error;
    }
  }

  /** Adds a record; `state` is its stream's last known state, `content` what the record says, each if known; `siblings` all streams it can rest on. */
  add(
    record: { readonly type: string; readonly kind: StreamKind; readonly stream: Handle },
    cause: Cause,
    state: StateOf[StreamKind] | undefined,
    content: unknown,
    siblings: readonly Handle[] = [],
  ): void {
    raise(this.#streams, record.stream, cause);
    this.#learn(record, state, content);
    for (const subject of this.#movedBy(record, siblings)) raise(this.#moved, subject, cause);
  }

  #learn(
    { type, kind, stream }: { type: string; kind: StreamKind; stream: Handle },
    state: StateOf[StreamKind] | undefined,
    content: unknown,
  ): void {
    const { submission } = (state ?? {}) as Partial<ClaimState>;
    if (kind === "payout" && state) this.#parents.set(stream, (state as PayoutState).claim);
    if (kind === "claim" && submission) this.#parents.set(stream, submission.policy);
    if (content === undefined) return;
    if (type === proposedForm.type) this.#parents.set(stream, (content as Proposed).claim);
    if (type === submittedForm.type) this.#parents.set(stream, (content as Submitted).policy);
    if (type === decidedForm.type && !this.#parents.has(stream)) {
      // A false word here shows in the next reading of the accumulator that was really moved.
      const read = (content as Decided).accumulators.map(({ subject }) => subject.split("/"));
      this.#parents.set(stream, read.find(([of]) => of === "policy")?.[1]);
    }
  }

  /** The accumulators a record may have moved: all of a kind where it can't be told which. */
  #movedBy(
    { type, kind, stream }: { type: string; kind: StreamKind; stream: Handle },
    siblings: readonly Handle[],
  ): Moved[] {
    const parent = this.#parents.get(stream);
    const any = (of: "policy" | "claim"): Moved[] =>
      siblings.length > 0 ? siblings.map((each) => `${of}/${each}` as const) : [`${of}/*`];
    if (kind === "policy") return [`policy/${stream}`];
    if (kind === "payout") return parent === undefined ? any("claim") : [`claim/${parent}`];
    if (kind !== "claim") return [];
    if (type !== decidedForm.type) return [`claim/${stream}`];
    if (!this.#parents.has(stream)) return [`claim/${stream}`, ...any("policy")];
    return [`claim/${stream}`, ...(parent === undefined ? [] : [`policy/${parent}` as const])];
  }
}

function raise<Key>(causes: Map<Key, Cause>, key: Key, cause: Cause): void {
  causes.set(key, weightier(causes.get(key), cause) ?? cause);
}
