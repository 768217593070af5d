/** The names this function reads; lib/ supplies exactly these. */
export const names = ["PUBLISHED_BUCKET", "LIVE_BUCKET"] as const;
