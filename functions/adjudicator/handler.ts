import { openNudge, relay, type WakingEvent } from "../adapters/nudge.ts";
import { openAdjudicator } from "../adapters/open-adjudicator.ts";
import { readEnv } from "../http/read-env.ts";
import { names } from "./env.ts";
import { claimJob } from "./round.ts";

const env = readEnv(names, process.env);
const ports = openAdjudicator(env);
const nudge = openNudge(env);

/** What nudges and the sweep invoke: the pack decides what waits, open claims are dated by the clocks of now and what ran out is recorded, then the sequencer is nudged. */
export const handler = (event: WakingEvent): Promise<void> =>
  relay(event, {
    service: "adjudicator",
    all: () => ports.store.insurers(),
    work: (insurer) => claimJob(ports, insurer),
    nudge,
  });
