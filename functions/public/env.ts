/** The names this function reads; lib/ supplies exactly these. */
export const names = ["DATABASE_URL", "ORIGIN_PREFIX", "PUBLISHED_BUCKET"] as const;
