import type { Need, Target } from "../functions/needs.ts";

/** What a function's role gets besides its adapters' needs: a closed list, each with its reason. */
export const implied = {
  logs: {
    actions: ["logs:CreateLogStream", "logs:PutLogEvents"],
    because: "Lambda writes what the function logs as the function's role, to its own log group.",
  },
  traced: {
    actions: ["xray:PutTelemetryRecords", "xray:PutTraceSegments"],
    because: "Lambda tells X-Ray when the function began and ended, as the function's role.",
  },
  failedCalls: {
    actions: ["sqs:SendMessage"],
    because: "Lambda puts an asynchronous call that failed for good into the stack's queue.",
  },
  woken: {
    actions: [
      "sqs:ChangeMessageVisibility",
      "sqs:DeleteMessage",
      "sqs:GetQueueAttributes",
      "sqs:ReceiveMessage",
    ],
    because: "Lambda takes the messages that wake a job as the job's role.",
  },
  opensObjects: {
    actions: ["kms:Decrypt"],
    because:
      "S3 opens an object of a bucket that our key closes, and Secrets Manager a secret, for whoever may also use the key.",
  },
  closesObjects: {
    actions: ["kms:GenerateDataKey"],
    because: "S3 closes an object that is put into such a bucket with a data key of that key.",
  },
} as const;
export type Implied = keyof typeof implied;

/** The buckets that each key of ours closes; what is published is for anyone, and closed by S3's own. */
const closes = {
  objectsKey: ["sealed", "evidence", "wrappedKeys", "auditing", "jobs", "bank", "screeningToken"],
  stateKey: ["signerState"],
} as const satisfies Record<string, readonly Target[]>;
export type ClosingKey = keyof typeof closes;
export const closingKeys = Object.keys(closes) as readonly ClosingKey[];

/** What needs on objects imply of one key that closes them. */
export function impliedByObjects(needs: readonly Need[], key: ClosingKey): readonly Implied[] {
  const closedByKey: readonly Target[] = closes[key];
  const closed = needs.filter(({ on }) => closedByKey.includes(on));
  const has = (action: string) => closed.some((need) => need.action === action);
  const reads = has("s3:GetObject") || has("secretsmanager:GetSecretValue");
  return [
    ...(reads ? (["opensObjects"] as const) : []),
    ...(has("s3:PutObject") ? (["closesObjects"] as const) : []),
  ];
}
