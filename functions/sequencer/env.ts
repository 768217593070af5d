/** The names this function reads; lib/ supplies exactly these. */
export const names = ["DATABASE_URL", "NUDGE_QUEUE_URL"] as const;
