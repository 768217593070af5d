import { appendFileSync } from "node:fs";
import { wallClock } from "../../functions/http/clock.ts";
import type { RequestLog } from "../../functions/http/edge.ts";
import type { Trail } from "../../functions/sequencer/trail.ts";
import { formatInstant, type Instant } from "../../shared/base/instant.ts";

/** A log that takes lines that somebody else wrote, too. */
export interface FileLog extends RequestLog {
  readonly line: (text: string) => void;
  /** Lines of records on their way from the request to the checkpoint. */
  readonly trail: Trail;
}

/**
 * One JSON line per request, batch and checkpoint, each with the time it was written (RFC 3339, UTC), in a file: the terminal stays readable. A line that can't be written (a full disk) costs no request its answer:
 * `complain` is told once, and again only after lines could be written in between.
 */
export function fileLog(
  path: string,
  complain: (line: string) => void,
  clock: () => Instant = wallClock,
): FileLog {
  let broken = false;
  const line = (text: string): void => {
    try {
      appendFileSync(path, `${text}\n`);
      broken = false;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === undefined) throw error;
      if (!broken) complain(`requests are not logged: ${path} can't be written (${code})`);
      broken = true;
    }
  };
  const write = (level: string) => (message: string, fields: object) =>
    line(JSON.stringify({ timestamp: formatInstant(clock()), level, message, ...fields }));
  return { info: write("info"), error: write("error"), line, trail: write("info") };
}
