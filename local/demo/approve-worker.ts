import { serveTasks } from "../threads/serve.ts";
import { countingStore } from "./counting.ts";
import { approveAll } from "./payouts.ts";
import { type ServicesPlace, withPorts } from "./thread-ports.ts";

/** The proposed payouts of one insurer, `width` of them at once. */
export interface ApproveTask {
  readonly place: ServicesPlace;
  readonly insurer: string;
  readonly width: number;
}

/** Tells 1 for each payout it screened; the result is how many transactions were committed. */
serveTasks<ApproveTask, number, number>(({ place, insurer, width }, progress) =>
  withPorts(place, width + 2, async (ports) => {
    const store = countingStore(ports.store);
    await approveAll({ ...ports, store }, insurer, width, () => progress(1));
    return store.committedCount();
  }),
);
