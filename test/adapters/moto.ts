import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { quietPort } from "../cluster/quiet-port.ts";

/** moto's server: AWS's services by other people, in one process. */
export interface Moto {
  readonly endpoint: string;
  stop(): Promise<void>;
}

/** What S3, SQS, KMS and EventBridge need: the extra `server` also brings what checks templates, 200 MB more. */
const packages = ["moto[s3,events]==5.2.5", "flask==3.1.3", "flask-cors==6.0.5"];

/** moto's own `moto.server`, one request at a time: S3 puts if absent at once, moto looks, then puts, and of two threads both did. */
const serveInTurn = `
import sys
from werkzeug.serving import run_simple
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
app = DomainDispatcherApplication(create_backend_app)
run_simple("127.0.0.1", int(sys.argv[1]), app, threaded=False, request_handler=MotoRequestHandler)
`;

/** Installs moto from PyPI into a folder of its own and gives what starts it; undefined where that can't be done here. */
export function installMoto(): (() => Promise<Moto>) | undefined {
  const folder = mkdtempSync(join(tmpdir(), "moto-"));
  const bin = join(folder, "venv", process.platform === "win32" ? "Scripts" : "bin");
  const python = join(bin, "python");
  try {
    execFileSync("python3", ["-m", "venv", join(folder, "venv")], { stdio: "ignore" });
    const pip = ["-m", "pip", "install", "--quiet", "--no-compile", ...packages];
    execFileSync(python, pip, { stdio: "ignore", timeout: 300_000 });
  } catch {
    rmSync(folder, { recursive: true, force: true });
    return undefined;
  }
  return () => start(folder, python);
}

async function start(folder: string, python: string): Promise<Moto> {
  const port = await quietPort();
  const env = { ...process.env, MOTO_PORT: String(port) };
  const moto = spawn(python, ["-c", serveInTurn, String(port)], { stdio: "ignore", env });
  const endpoint = `http://127.0.0.1:${port}`;
  const answers = () =>
    fetch(endpoint).then(
      () => true,
      () => false,
    );
  while (!(await answers())) {
    if (moto.exitCode !== null) throw new Error(`moto's server ended with ${moto.exitCode}`);
    await sleep(100);
  }
  const stop = async (): Promise<void> => {
    if (moto.exitCode === null) {
      moto.kill();
      await once(moto, "exit");
    }
    rmSync(folder, { recursive: true });
  };
  return { endpoint, stop };
}
