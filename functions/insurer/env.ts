/** The names this function reads; lib/ supplies exactly these. */
export const names = [
  "DATABASE_URL",
  "ORIGIN_PREFIX",
  "DATA_KEY_ID",
  "WRAPPED_KEYS_BUCKET",
  "PUBLISHED_BUCKET",
  "LIVE_BUCKET",
  "JOBS_BUCKET",
  "NUDGE_QUEUE_URL",
  "ORIGIN_VERIFY",
] as const;
