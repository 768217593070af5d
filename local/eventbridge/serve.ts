import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { fromUtf8 } from "../../shared/base/bytes.ts";
import { chance } from "../faults/chance.ts";
import { isSignedBy } from "../gateway/aws-caller.ts";
import { readBody } from "../gateway/body.ts";
import { type Listening, listen } from "../gateway/listen.ts";

/** One entry of a PutEvents request. */
export interface PutEntry {
  readonly EventBusName?: string;
  readonly Source?: string;
  readonly DetailType?: string;
  readonly Detail?: string;
  /** Seconds since 1970. */
  readonly Time?: number;
}

/** What may become of a request: refused whole, refused in part, taken late, delivered twice, or taken with its answer lost. */
const fates = ["throttled", "failed", "partial", "late", "twice", "answer lost"] as const;

/** How the stub fails: which `share` of requests, in [0, 1), by `seed`. */
export interface EventFaults {
  readonly seed: string;
  readonly share: number;
}

/** 1 MiB a request, 10 entries: https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html. */
const maxBytes = 1_048_576;
const maxEntries = 10;
const lateMs = 30;

/** Takes events as EventBridge does (AWS JSON 1.1, `AWSEvents.PutEvents`) on 127.0.0.1 and gives each that was taken to `deliver`, at least once. Throws CannotListen. */
export function serveEventBridge(
  deliver: (entry: PutEntry) => void,
  faults?: EventFaults,
): Promise<Listening> {
  let requests = 0;
  const fateOf = (nth: number): (typeof fates)[number] | "well" => {
    if (!faults || chance(faults.seed, "fails", nth) >= faults.share) return "well";
    return fates[Math.floor(chance(faults.seed, "how", nth) * fates.length)] ?? "well";
  };
  return listen("The EventBridge stub", 0, (request, response) => {
    const nth = requests++;
    const refused = (n: number) => chance(faults?.seed ?? "", `entry ${n}`, nth) < 0.5;
    answer(request, response, fateOf(nth), { deliver, refused }).catch(() =>
      send(response, 400, { __type: "SerializationException" }),
    );
  });
}

interface Entries {
  readonly deliver: (entry: PutEntry) => void;
  readonly refused: (n: number) => boolean;
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  fate: (typeof fates)[number] | "well",
  { deliver, refused }: Entries,
): Promise<void> {
  const bytes = await readBody(request, maxBytes);
  if (!isSignedBy("local", request.headers)) {
    return send(response, 403, { __type: "AccessDeniedException" });
  }
  if (request.headers["x-amz-target"] !== "AWSEvents.PutEvents" || bytes === "too large") {
    return send(response, 400, { __type: "ValidationException" });
  }
  const { Entries } = JSON.parse(fromUtf8(bytes, "request")) as { Entries: PutEntry[] };
  if (Entries.length < 1 || Entries.length > maxEntries) {
    return send(response, 400, { __type: "ValidationException" });
  }
  if (fate === "throttled") return send(response, 400, { __type: "ThrottlingException" });
  if (fate === "failed") return send(response, 500, { __type: "InternalException" });
  if (fate === "late") await new Promise((resolve) => setTimeout(resolve, lateMs));
  const results = Entries.map((entry, n) => {
    const ErrorCode =
      faultOf(entry) ?? (fate === "partial" && refused(n) ? partFault(n) : undefined);
    if (ErrorCode !== undefined) return { ErrorCode, ErrorMessage: "not taken" };
    for (let times = fate === "twice" ? 2 : 1; times > 0; times--) deliver(entry);
    return { EventId: randomUUID() };
  });
  if (fate === "answer lost") return void response.socket?.destroy();
  const FailedEntryCount = results.filter((each) => "ErrorCode" in each).length;
  send(response, 200, { FailedEntryCount, Entries: results });
}

const partFault = (n: number): string => (n % 2 === 0 ? "ThrottlingException" : "InternalFailure");

/** What EventBridge refuses of an entry, whenever it is put. */
function faultOf({ Source, DetailType, Detail }: PutEntry): string | undefined {
  if (!Source || !DetailType || !Detail) return "InvalidArgument";
  if (Source.startsWith("aws.")) return "NotAuthorizedForSource";
  try {
    JSON.parse(Detail);
    return undefined;
  } catch {
    return "MalformedDetail";
  }
}

function send(response: ServerResponse, status: number, value: object): void {
  response.setHeader("content-type", "application/x-amz-json-1.1");
  response.writeHead(status).end(JSON.stringify(value));
}
