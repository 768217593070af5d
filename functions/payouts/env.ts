/** The names this function reads; lib/ supplies exactly these. `SCREENING_URL` is `none` where no provider is configured; the secret holds the token that it asks for. */
export const names = [
  "DATABASE_URL",
  "ORIGIN_PREFIX",
  "DATA_KEY_ID",
  "WRAPPED_KEYS_BUCKET",
  "PUBLISHED_BUCKET",
  "LIVE_BUCKET",
  "NUDGE_QUEUE_URL",
  "SCREENING_URL",
  "SCREENING_SECRET",
] as const;
