import { Writable } from "node:stream";
import { type Terminal, terminal } from "../../local/terminal/terminal.ts";

/** A terminal that shows nothing. */
export function silentTerminal(): Terminal {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  return terminal({ stdout: nowhere, stderr: nowhere, noColor: "1", json: true });
}
