/** PostgreSQL could not be brought up here; the message is one sentence for the person who started it. */
export class StartFailure extends Error {
  override readonly name = "StartFailure";
}

/** What `initdb` or `postgres` printed, said as one sentence where the cause is a known one. */
export function explain(printed: string, what: string, folder: string): string {
  if (/No space left on device|Disk quota exceeded/.test(printed)) {
    return `${what}: the disk that holds ${folder} is full`;
  }
  const taken = /could not bind IPv4 address "[^"]*": Address already in use/.test(printed);
  if (taken) return `${what}: the port is taken by another program`;
  if (/could not look up effective user ID|no such user/.test(printed)) {
    return `${what}: the user that runs it has no entry in the system's list of users`;
  }
  if (/Read-only file system/.test(printed)) return `${what}: ${folder} is read-only`;
  if (/database files are incompatible|not compatible with this version/.test(printed)) {
    return `${what}: ${folder} was made by another major version of PostgreSQL`;
  }
  const lines = printed.trim().split("\n");
  const telling = lines.findLast((line) => /FATAL|PANIC|error:/.test(line)) ?? lines.at(-1) ?? "";
  return `${what}: ${telling.trim() || "it printed no reason"}`;
}
