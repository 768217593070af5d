import { lazily } from "../../shared/base/lazily.ts";
import type { DecisionsPort } from "../../shared/ports/claims.ts";
import type { CommandPorts } from "../command/commit.ts";
import type { InsurerPorts } from "../insurer/ports.ts";
import { catalogWhenAsked } from "./catalog-when-asked.ts";
import {
  type Calling,
  type Commanding,
  calling,
  type Env,
  openBucket,
  openPublishing,
  openUndecided,
  openUploads,
} from "./deployment.ts";
import { insurerRows } from "./postgres/insurer-rows.ts";

/** What decides claims, the rule engine with it, in one piece. */
const deciding = () => import("../command/deciding.ts");

/** What the insurer's function answers from: decisions, and everything else. */
export function openInsurer(
  env: Commanding & Env<"NUDGE_QUEUE_URL" | "JOBS_BUCKET">,
): { readonly decisions: DecisionsPort; readonly ports: InsurerPorts } & Calling {
  const { pool, ...undecided } = openUndecided(env);
  const published = openPublishing(env);
  const commands = { ...undecided, packs: catalogWhenAsked(published, deciding) };
  const ports = {
    ...commands,
    ...insurerRows(pool),
    jobs: openBucket(env.JOBS_BUCKET),
    uploads: openUploads(env),
    published,
  };
  return { ...calling(pool, env), decisions: decisionsWhenAsked(commands), ports };
}

/** The decisions port, which is read when the first decision, or letter, is asked for. */
function decisionsWhenAsked(commands: CommandPorts): DecisionsPort {
  const decisions = lazily(async () => {
    const { decisionsPort } = await deciding();
    return decisionsPort(commands);
  });
  return {
    decide: async (...asked) => (await decisions()).decide(...asked),
    letter: async (...asked) => (await decisions()).letter(...asked),
  };
}
