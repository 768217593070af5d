const outputs = [process.stdout, process.stderr];

/**
 * A reader that goes away (`| head`) ends no program with a stack trace: what it would have been given is dropped, and the program goes on to
 * its own end and exit code. `dropped` are the failures of a write for which this holds; any other is still an error.
 */
export function outliveReaders(dropped: readonly string[] = ["EPIPE"]): void {
  for (const output of outputs) {
    output.on("error", (error: NodeJS.ErrnoException) => {
      if (!dropped.includes(error.code ?? "")) throw error;
    });
  }
}
