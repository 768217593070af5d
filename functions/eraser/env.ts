/** The names this function reads; lib/ supplies exactly these. It connects as two roles: acts are the app's, deleting is the eraser's. */
export const names = [
  "DATABASE_URL",
  "ORIGIN_PREFIX",
  "DATA_KEY_ID",
  "WRAPPED_KEYS_BUCKET",
  "PUBLISHED_BUCKET",
  "LIVE_BUCKET",
  "NUDGE_QUEUE_URL",
  "ED25519_KEY_IDS",
  "MLDSA44_KEY_IDS",
  "ERASER_DATABASE_URL",
  "SEALED_BUCKET",
  "EVIDENCE_BUCKET",
  "AUDITING_BUCKET",
  "JOBS_BUCKET",
] as const;
