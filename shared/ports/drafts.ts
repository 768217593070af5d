import type { Handle } from "../base/handle.ts";
import type { Instant } from "../base/instant.ts";
import type { Position } from "./position.ts";

/** A rule pack's text before it is published. Rules are about nobody: it lies open. */
export interface Draft {
  readonly draft: Handle;
  /** The stream of the pack it is a version of. */
  readonly pack: Handle;
  readonly author: Handle;
  readonly content: string;
  readonly createdAt: Instant;
}

/** Drafts of rule packs, as rows that never change: a command's transaction adds them. Throws Unavailable. */
export interface Drafts {
  find(insurer: string, draft: Handle): Promise<Draft | undefined>;
  /** Drafts, oldest first, without their texts. */
  list(
    insurer: string,
    after: Position | undefined,
    limit: number,
  ): Promise<readonly Omit<Draft, "content">[]>;
}
