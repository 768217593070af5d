import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import type { AnnouncerPorts } from "../../announcer/core.ts";
import type { names } from "../../announcer/env.ts";
import type { Env } from "../../http/read-env.ts";
import { awsLimits } from "../aws-limits.ts";
import { openBucket, openPublished } from "../deployment.ts";
import { eventBridgeBus } from "./bus.ts";

/** What the announcer reads, where it remembers how far it came, and the bus of its events. */
export const openAnnouncer = (env: Env<typeof names>): AnnouncerPorts => ({
  published: openPublished(env),
  cursors: openBucket(env.AUDITING_BUCKET),
  events: eventBridgeBus(new EventBridgeClient({ ...awsLimits }), env.EVENT_BUS_NAME, {
    random: () => randomBytes(4).readUInt32BE() / 2 ** 32,
    sleep,
  }),
});
