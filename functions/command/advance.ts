import type { Act } from "../../shared/base/actor.ts";
import type { DomainEvent } from "../../shared/base/event.ts";
import { isRefusal, type Refusal } from "../../shared/base/refusal.ts";
import { type CommandPorts, commitCommand } from "./commit.ts";
import type { Appended, CommandTransaction } from "./transaction.ts";

/** Runs one command of one event in a transaction of its own: `step` says on what `read` gave. Throws Unavailable. */
export const advance = <World extends object>(
  ports: CommandPorts,
  insurer: string,
  read: (transaction: CommandTransaction) => Promise<World | Refusal>,
  step: (world: World, act: Act) => DomainEvent | Refusal,
  act: Act,
): Promise<Appended | Refusal> =>
  commitCommand<Appended>(ports, insurer, act.now, async (transaction) => {
    const world = await read(transaction);
    if (isRefusal(world)) return world;
    const event = step(world, act);
    return isRefusal(event) ? event : transaction.append(event, act);
  });
