/** A bucket of `burst` tokens that `perSecond` fill. */
export interface Throttle {
  readonly perSecond: number;
  readonly burst: number;
}

/** Whether one more request may pass at `nowMs`; each that may takes a token. The bucket is full at first, and time never runs backwards in it. */
export function throttle({ perSecond, burst }: Throttle): (nowMs: number) => boolean {
  let tokens = burst;
  let filledMs = Number.NEGATIVE_INFINITY;
  return (nowMs) => {
    const passedMs = Math.max(0, nowMs - Math.max(filledMs, 0));
    tokens = Math.min(burst, tokens + (passedMs * perSecond) / 1_000);
    filledMs = Math.max(filledMs, nowMs);
    if (tokens < 1) return false;
    tokens -= 1;
    return true;
  };
}
