import { serveTasks } from "../threads/serve.ts";
import { type ApproveTask, approveShare } from "./approve-share.ts";
import { type ExportTask, exportShare } from "./export-share.ts";
import { type IssueTask, issueShare } from "./issue-share.ts";
import { type PaidShare, type PayTask, payShare } from "./pay-share.ts";
import { openPorts, type ServicesPlace, type ThreadPorts } from "./thread-ports.ts";
import { type ToldClaim, type WalkTask, walkShare } from "./walk-share.ts";

/** What a thread of the demo does for it. */
export type DemoTask = { readonly place: ServicesPlace } & (
  | { readonly issue: IssueTask }
  | { readonly walk: WalkTask }
  | { readonly approve: ApproveTask }
  | { readonly pay: PayTask }
  | { readonly export: ExportTask }
);

/** What a thread tells of its task: a claim it walked, or how many policies, payouts or entries more. */
export type DemoStep = ToldClaim | number;

/** What a task comes to: how many transactions or entries, or what was paid. */
export type DemoResult = number | PaidShare;

/** By database user: a thread keeps what it opened, and the keys it unwrapped, from one task to the next. */
const opened = new Map<string, ThreadPorts>();

function portsAt(place: ServicesPlace): ThreadPorts {
  const ports = opened.get(place.databaseUrl) ?? openPorts(place);
  opened.set(place.databaseUrl, ports);
  return ports;
}

serveTasks<DemoTask, DemoStep, DemoResult>((task, step) => {
  const ports = portsAt(task.place);
  if ("issue" in task) return issueShare(ports, task.issue, step);
  if ("walk" in task) return walkShare(ports, task.walk, step);
  if ("approve" in task) return approveShare(ports, task.approve, step);
  if ("pay" in task) return payShare(ports, task.pay, step);
  return exportShare(ports, task.export, step);
});
