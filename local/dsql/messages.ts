/*
 * PostgreSQL's frontend/backend protocol 3.0, as far as DSQL's stub reads it: https://www.postgresql.org/docs/16/protocol-message-formats.html
 */

/** One message after the start-up: its type, and the whole of it as it travels. */
export interface Message {
  readonly type: string;
  readonly bytes: Buffer;
}

/** Most bytes of one message that are taken. */
const maxMessageBytes = 64 * 1024 * 1024;

/** Cuts what arrives into messages. Throws RangeError for a length that none has. */
export function messageReader(): (chunk: Buffer) => Message[] {
  let parts: Buffer[] = [];
  let [held, needed] = [0, 5];
  return (chunk) => {
    parts.push(chunk);
    held += chunk.length;
    const messages: Message[] = [];
    while (held >= needed) {
      const whole = Buffer.concat(parts);
      const length = whole.readInt32BE(1) + 1;
      if (length < 5 || length > maxMessageBytes) throw new RangeError("no message is so long");
      needed = held < length ? length : 5;
      parts = [held < length ? whole : whole.subarray(length)];
      if (held < length) break;
      held -= length;
      messages.push({ type: whole.toString("latin1", 0, 1), bytes: whole.subarray(0, length) });
    }
    return messages;
  };
}

/** A message of `type` with this body. */
export function message(type: string, ...parts: readonly (Buffer | string)[]): Buffer {
  const body = Buffer.concat(
    parts.map((part) => (typeof part === "string" ? Buffer.from(`${part}\0`) : part)),
  );
  const head = Buffer.alloc(5, type, "latin1");
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}

/** An ErrorResponse. */
export const errorMessage = (severity: "ERROR" | "FATAL", code: string, text: string): Buffer =>
  message("E", `S${severity}`, `V${severity}`, `C${code}`, `M${text}`, Buffer.of(0));

/** ReadyForQuery, outside of any transaction. */
export const readyIdle = message("Z", Buffer.from("I"));

/** The text of a simple Query. */
export const queryText = ({ bytes }: Message): string =>
  bytes.toString("utf8", 5, bytes.length - 1);

/** The settings of a StartupMessage, behind its length and version. */
export function startupSettings(bytes: Buffer): Readonly<Record<string, string>> {
  const words = bytes.toString("utf8", 8).split("\0");
  const settings: Record<string, string> = {};
  for (let n = 0; n + 1 < words.length && words[n] !== ""; n += 2) {
    settings[words[n] ?? ""] = words[n + 1] ?? "";
  }
  return settings;
}
