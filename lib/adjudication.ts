import { Construct } from "constructs";
import { names } from "../functions/adjudicator/env.ts";
import type { Foundation } from "./foundation.ts";
import { jobTimeout, Sweep } from "./jobs.ts";
import { PlatformFunction } from "./platform-function.ts";
import { Nudges } from "./queues.ts";

/** Has the pack decide what was submitted, then wakes the sequencer. */
export class Adjudication extends Construct {
  /** Wakes it. */
  readonly nudges: Nudges;

  constructor(scope: Construct, id: string, foundation: Foundation, toPlace: Nudges) {
    super(scope, id);
    this.nudges = new Nudges(this, "ToAdjudicate");
    const adjudicator = new PlatformFunction(this, "Adjudicator", {
      name: "adjudicator",
      names,
      ...foundation.commanding(toPlace),
      timeout: jobTimeout,
      memoryMiB: 1024,
    });
    this.nudges.wake(adjudicator);
    new Sweep(this, "Sweep", adjudicator);
  }
}
