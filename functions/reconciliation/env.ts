/** The names this function reads; lib/ supplies exactly these. `BANK_BUCKET` holds `out/` and `in/`, where the bank fetches files and leaves its messages. */
export const names = [
  "DATABASE_URL",
  "ORIGIN_PREFIX",
  "DATA_KEY_ID",
  "WRAPPED_KEYS_BUCKET",
  "PUBLISHED_BUCKET",
  "LIVE_BUCKET",
  "NUDGE_QUEUE_URL",
  "BANK_BUCKET",
] as const;
