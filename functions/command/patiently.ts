import { Unavailable } from "../../shared/ports/unavailable.ts";

/** A machine that is busy with other things needs longer, not another answer. */
const triesAtMost = 10;
const pauseMs = 1_000;

/** Runs a command again, up to ten times with a second between, while a service says "later"; then its Unavailable is thrown. */
export async function patiently<T>(
  { sleep }: { readonly sleep: (ms: number) => Promise<void> },
  command: () => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await command();
    } catch (error) {
      if (!(error instanceof Unavailable) || attempt === triesAtMost) throw error;
      await sleep(pauseMs);
    }
  }
}
