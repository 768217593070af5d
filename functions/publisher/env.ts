/** The names this function reads; lib/ supplies exactly these. */
export const names = [
  "DATABASE_URL",
  "ORIGIN_PREFIX",
  "SIGNING_KEY_ID",
  "SIGNER_BUCKET",
  "PUBLISHED_BUCKET",
  "SEALED_BUCKET",
] as const;
