/** The names this function reads; lib/ supplies exactly these. */
export const names = [
  "DATABASE_URL",
  "DATA_KEY_ID",
  "WRAPPED_KEYS_BUCKET",
  "PUBLISHED_BUCKET",
  "LIVE_BUCKET",
  "JOBS_BUCKET",
] as const;
