import type { Measured } from "../metrics.ts";

/** How long the oldest erasures of any insurer wait: for approval, and to be carried out. Throws Unavailable. */
export async function erasureAges(
  insurers: readonly string[],
  age: (insurer: string, status: "requested" | "approved") => Promise<number>,
): Promise<Measured> {
  let [askedErasureMs, approvedErasureMs] = [0, 0];
  for (const insurer of insurers) {
    askedErasureMs = Math.max(askedErasureMs, await age(insurer, "requested"));
    approvedErasureMs = Math.max(approvedErasureMs, await age(insurer, "approved"));
  }
  return { askedErasureMs, approvedErasureMs };
}
