import type { ObjectStore } from "../../shared/ports/objects.ts";
import type { CommandPorts } from "../command/commit.ts";

/** What the auditor's function works with besides the edge. */
export interface AuditorPorts {
  readonly commands: CommandPorts;
  readonly published: ObjectStore;
  /** Exports under way and made, and the last verdict on each log: private, and nothing in it stays. */
  readonly auditing: ObjectStore;
}
