/** The names this function reads; lib/ supplies exactly these. */
export const names = ["DATABASE_URL", "PUBLISHED_BUCKET", "LIVE_BUCKET", "ORIGIN_VERIFY"] as const;
