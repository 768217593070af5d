const database = "dsql://countersign_app@cluster.dsql.us-east-1.on.aws";

/** All variables of all functions, with values of the right form, and of nothing that is there: a function that asked for something while it starts would fail. */
export const lambdaEnvironment = {
  AWS_REGION: "us-east-1",
  AWS_ACCESS_KEY_ID: "none",
  AWS_SECRET_ACCESS_KEY: "none",
  DATABASE_URL: database,
  ERASER_DATABASE_URL: database,
  DATABASE_ROLES: "{}",
  ORIGIN_PREFIX: "log.example",
  DATA_KEY_ID: "data",
  ED25519_KEY_IDS: "ed25519",
  MLDSA44_KEY_IDS: "mldsa44",
  NUDGE_QUEUE_URL: "https://sqs.us-east-1.amazonaws.com/000000000000/nudges.fifo",
  WITNESS_POLICY: "quorum none\n",
  PUBLISHED_BUCKET: "published",
  LIVE_BUCKET: "live",
  SEALED_BUCKET: "sealed",
  WRAPPED_KEYS_BUCKET: "wrapped-keys",
  EVIDENCE_BUCKET: "evidence",
  AUDITING_BUCKET: "auditing",
  SIGNER_BUCKET: "signer",
  JOBS_BUCKET: "jobs",
  BANK_BUCKET: "bank",
  EVENT_BUS_NAME: "events",
  SCREENING_URL: "none",
  SCREENING_SECRET: "none",
} as const;
