import { each } from "../../functions/command/each.ts";
import type { Handle } from "../../shared/base/handle.ts";
import { counted } from "./counting.ts";
import { known } from "./known.ts";
import type { ThreadPorts } from "./thread-ports.ts";
import { type DuePolicy, issue, type Stage } from "./walk.ts";

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
  const { transactions } = await counted(ports, (counting) => {
    const stage = { ports: counting, person: (key: string) => known(persons, key) };
    return issueHere(stage, width)(policies, () => progress(1));
  });
  return transactions;
}

/** Issues policies in this thread, `width` at once. */
export const issueHere =
  (stage: Pick<Stage, "ports" | "person">, width: number) =>
  (policies: readonly DuePolicy[], issued: () => void): Promise<void> =>
    each(policies, width, async (policy) => {
      await issue(stage, policy);
      issued();
    });
