import type { ObjectStore } from "../../shared/ports/objects.ts";
import { signedSize } from "../command/signed-size.ts";
import type { Measured } from "../metrics.ts";

/** Milliseconds that the log which lags most is behind: since its oldest committed checkpoint that the published one does not cover. Throws Unavailable. */
export async function publishLag(
  published: ObjectStore,
  insurers: readonly string[],
  unpublishedAge: (insurer: string, size: bigint) => Promise<number>,
): Promise<Measured> {
  let publishLagMs = 0;
  for (const insurer of insurers) {
    publishLagMs = Math.max(
      publishLagMs,
      await unpublishedAge(insurer, await signedSize(published, insurer)),
    );
  }
  return { publishLagMs };
}
