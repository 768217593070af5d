import { parseArgs } from "node:util";
import { startKmsStub } from "./stub.ts";

/**
 * The stub as its own process: `main.ts --folder DIR [--port N] [--fault-seed S --throttled P …] [--until-stdin-ends]`. Prints one
 * line, `{"endpoint","port"}`, when it serves; SIGTERM and SIGINT end it, and so does the end of its standard input if asked, so
 * that it does not outlive a parent that was killed.
 */
const rate = { type: "string" } as const;
const { values } = parseArgs({
  options: {
    folder: { type: "string" },
    port: { type: "string", default: "0" },
    "until-stdin-ends": { type: "boolean", default: false },
    "fault-seed": { type: "string" },
    "late-ms": { type: "string", default: "1000" },
    throttled: rate,
    late: rate,
    lost: rate,
    twice: rate,
  },
});
if (values.folder === undefined) {
  console.error("kms: --folder DIR is missing");
  process.exit(2);
}

const seed = values["fault-seed"];
const stub = await startKmsStub({
  folder: values.folder,
  port: Number(values.port),
  ...(seed !== undefined && {
    faults: {
      seed,
      throttled: Number(values.throttled ?? 0),
      late: Number(values.late ?? 0),
      lateMs: Number(values["late-ms"]),
      lost: Number(values.lost ?? 0),
      twice: Number(values.twice ?? 0),
    },
  }),
});
console.log(JSON.stringify({ endpoint: stub.endpoint, port: stub.port }));

const stop = () => void stub.stop().then(() => process.exit(0));
process.once("SIGTERM", stop);
process.once("SIGINT", stop);
if (values["until-stdin-ends"]) process.stdin.resume().once("close", stop).once("end", stop);
