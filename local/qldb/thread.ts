import { parentPort, workerData } from "node:worker_threads";
import { assert } from "../../shared/base/malformed.ts";
import { startQldbStub } from "./stub.ts";

/** The stub's thread: started with its options, it tells its endpoint, then each line of its log; any message stops it. */
const port = parentPort;
assert(port !== null, "this module is a thread's");
const log = (line: string): void => port.postMessage({ line });
const stub = await startQldbStub({ ...(workerData as { folder: string; port?: number }), log });
port.postMessage({ endpoint: stub.endpoint });
port.once("message", async () => {
  await stub.stop();
  port.close();
});
