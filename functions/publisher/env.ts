/** The names this function reads; lib/ supplies exactly these. */
export const names = [
  "DATABASE_URL",
  "ORIGIN_PREFIX",
  "ED25519_KEY_IDS",
  "MLDSA44_KEY_IDS",
  "SIGNER_BUCKET",
  "PUBLISHED_BUCKET",
  "LIVE_BUCKET",
  "SEALED_BUCKET",
  "WITNESS_POLICY",
] as const;
