/** The names this function reads; lib/ must supply each. */
export const names = ["DATABASE_URL", "ORIGIN_PREFIX", "PUBLISHED_BUCKET"] as const;
