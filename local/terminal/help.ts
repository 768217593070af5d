/** Whether a person asks how a program is used: `--help` or `-h` stands anywhere among its arguments, but behind a `--`. */
export function asksForHelp(argv: readonly string[]): boolean {
  const end = argv.indexOf("--");
  return argv.slice(0, end < 0 ? argv.length : end).some((arg) => arg === "--help" || arg === "-h");
}
