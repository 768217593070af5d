import type { OperatorPorts } from "../operator/core.ts";
import { catalogWhenAsked } from "./catalog-when-asked.ts";
import { type Commanding, openPublishing, openUndecided } from "./deployment.ts";
import type { Pool } from "./postgres/pool.ts";

/** What the adjudicator's commands run on: they read packs, and decide by them. */
export const openAdjudicator = (env: Commanding): OperatorPorts & { readonly pool: Pool } => ({
  ...openUndecided(env),
  packs: catalogWhenAsked(openPublishing(env), () => import("../command/pack-catalog.ts")),
});
