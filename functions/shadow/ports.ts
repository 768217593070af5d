import type { ObjectStore } from "../../shared/ports/objects.ts";
import type { ExportPorts } from "../auditor/export-log.ts";

/** What a shadow reads, and where it writes; `sleep` lets others go first. */
export interface ShadowPorts extends Omit<ExportPorts, "close"> {
  readonly jobs: ObjectStore;
  readonly sleep: (ms: number) => Promise<void>;
}
