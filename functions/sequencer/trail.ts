import type { Placed } from "../../shared/ports/ledger.ts";
import { mostTraces, type Traces } from "../../shared/ports/publishing.ts";

/** What a line says of records on their way: how many, in which log, and the traces of the requests that made them. `first` and `size` are decimal. */
export interface TrailFields extends Traces {
  readonly insurer: string;
  readonly entries: number;
  /** Of what was placed, the index of its first. */
  readonly first?: string;
  /** Of what was published, the size of the checkpoint that shows it. */
  readonly size?: string;
}

/** Writes one line for each batch that was placed and each checkpoint that was published: by them a trace is followed from its request's line. */
export type Trail = (message: "placed" | "published", fields: TrailFields) => void;

/** The traces that made a batch. */
export function tracesOf(placed: readonly Placed[]): Traces {
  const all = new Set(placed.flatMap(({ traceId }) => traceId ?? []));
  return { traceIds: [...all].slice(0, mostTraces), traces: all.size };
}
