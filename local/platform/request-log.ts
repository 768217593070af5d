import { appendFileSync } from "node:fs";
import type { RequestLog } from "../../functions/http/edge.ts";

/**
 * One JSON line per request, in a file: the terminal stays readable. A line that can't be written (a full disk) costs no request its answer:
 * `complain` is told once, and again only after lines could be written in between.
 */
export function fileLog(path: string, complain: (line: string) => void): RequestLog {
  let broken = false;
  const write = (level: string) => (message: string, fields: object) => {
    try {
      appendFileSync(path, `${JSON.stringify({ level, message, ...fields })}\n`);
      broken = false;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === undefined) throw error;
      if (!broken) complain(`requests are not logged: ${path} can't be written (${code})`);
      broken = true;
    }
  };
  return { info: write("info"), error: write("error") };
}
