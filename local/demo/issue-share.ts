import { each } from "../../functions/command/each.ts";
import type { Handle } from "../../shared/base/handle.ts";
import { countingStore } from "./counting.ts";
import type { ThreadPorts } from "./thread-ports.ts";
import { type DuePolicy, issue, type Stage } from "./walk.ts";
import { known } from "./walk-share.ts";

/** Policies to issue, `width` of them at once, and the persons they insure. */
export interface IssueTask {
  readonly policies: readonly DuePolicy[];
  readonly persons: ReadonlyMap<string, Handle>;
  readonly width: number;
}

/** Issues the share, telling 1 for each policy. Gives how many transactions were committed. */
export async function issueShare(
  { ports }: ThreadPorts,
  { policies, persons, width }: IssueTask,
  progress: (policies: number) => void,
): Promise<number> {
  const store = countingStore(ports.store);
  await issueHere({ ports: { ...ports, store }, person: (key) => known(persons, key) }, width)(
    policies,
    () => progress(1),
  );
  return store.committedCount();
}

/** Issues policies in this thread, `width` at once. */
export const issueHere =
  (stage: Pick<Stage, "ports" | "person">, width: number) =>
  (policies: readonly DuePolicy[], issued: () => void): Promise<void> =>
    each(policies, width, async (policy) => {
      await issue(stage, policy);
      issued();
    });
