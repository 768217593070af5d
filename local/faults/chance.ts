import { hash } from "node:crypto";

/**
 * A number in [0, 1) that depends on its arguments alone: a run of faults comes back from its seed, whatever the
 * other operations do in between. `nth` counts the uses of `label`.
 */
export function chance(seed: string, label: string, nth: number): number {
  return (
    Number.parseInt(hash("sha256", `${seed}\n${label}\n${nth}`, "hex").slice(0, 12), 16) / 2 ** 48
  );
}
