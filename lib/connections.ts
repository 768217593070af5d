import type { FunctionName } from "../functions/needs.ts";
import type { Ledger } from "./settings.ts";

/** The database roles of the migrations, and `admin`, which only migrations use. */
export type DatabaseRole =
  | "countersign_app"
  | "countersign_sequencer"
  | "countersign_publisher"
  | "countersign_auditor"
  | "countersign_eraser"
  | "admin";

/** As which database roles each function connects; what its URLs may say, and what its IAM role is granted. Functions that are not listed connect to nothing. */
export const connections = {
  claimant: ["countersign_app"],
  insurer: ["countersign_app"],
  auditor: ["countersign_app"],
  public: ["countersign_app"],
  adjudicator: ["countersign_app"],
  operator: ["countersign_app"],
  totals: ["countersign_app"],
  payouts: ["countersign_app"],
  reconciliation: ["countersign_app"],
  importer: ["countersign_app"],
  eraser: ["countersign_app", "countersign_eraser"],
  sequencer: ["countersign_sequencer"],
  signer: ["countersign_publisher"],
  publisher: ["countersign_publisher"],
  exporter: ["countersign_auditor"],
  shadow: ["countersign_auditor"],
  "self-audit": ["countersign_auditor"],
  announcer: ["countersign_auditor"],
} as const satisfies Readonly<
  Partial<Record<FunctionName, readonly Exclude<DatabaseRole, "admin">[]>>
>;
type Connecting = keyof typeof connections;

/** The functions of the tlog engine; qldb has none of them. */
const tlogOnly: readonly Connecting[] = [
  ...(["operator", "totals", "eraser", "sequencer", "signer"] as const),
  ...(["publisher", "exporter", "importer", "shadow", "self-audit"] as const),
  ...(["announcer", "payouts", "reconciliation"] as const),
];

/** The IAM roles that each database role admits, by ARN. */
export function grantedRoles(
  ledger: Ledger,
  arnOf: (name: Connecting) => string,
): Readonly<Record<string, readonly string[]>> {
  const granted: Record<string, string[]> = {};
  for (const [name, roles] of Object.entries(connections) as [Connecting, readonly string[]][]) {
    if (ledger === "qldb" && tlogOnly.includes(name)) continue;
    for (const role of roles) {
      granted[role] ??= [];
      granted[role].push(arnOf(name));
    }
  }
  return granted;
}
