import type { Json } from "../base/canonical.ts";
import type { DomainEvent } from "../base/event.ts";
import { type Decided, decidedForm } from "../claim/decided.ts";
import { engine } from "../coverage/engine.ts";
import type { Difference } from "./compare.ts";

/**
 * Why a decision's outcome can't be made again here: another engine, or another version of ours, made it. Undefined where it can. Which library
 * the engine was built on is not asked: the language is written down, so that any of them can be used.
 */
export function otherEngine(event: DomainEvent): Difference | undefined {
  if (event.type !== decidedForm.type) return undefined;
  const { command, engine: named } = event.content as Decided;
  if (command.kind !== "adjudicate" || named === null) return undefined;
  if (named.id === engine.id && named.version === engine.version) return undefined;
  return {
    code: "engine-differs",
    expected: `engine ${engine.id} version ${engine.version}, the auditor's own`,
    found: `decided by engine ${named.id} version ${named.version}: not re-executed`,
  };
}

/** What a decision says that no engine has a say in. */
const apartFromEngine: ReadonlySet<string> = new Set([
  "accumulators",
  "by",
  "command",
  "coverage",
  "inputs",
  "now",
  "pack",
  "supersedes",
]);

/** The fields that can be compared, whichever engine decided. */
export const withoutEngine = (fields: Readonly<Record<string, Json>>): Record<string, Json> =>
  Object.fromEntries(Object.entries(fields).filter(([name]) => apartFromEngine.has(name)));
