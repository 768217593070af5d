import { spawn } from "node:child_process";
import { chownSync, existsSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Binaries } from "./binaries.ts";
import type { Owner } from "./owner.ts";
import { superuser } from "./roles.ts";
import { explain, StartFailure } from "./start-failure.ts";

/** Logins come over TCP from this machine only, each with its password. */
const access = "host all all 127.0.0.1/32 scram-sha-256\n";

/** What PostgreSQL's programs get to see: nothing of the caller's locale, zone or libpq settings. */
export const cleanEnvironment = (): NodeJS.ProcessEnv => ({
  PATH: process.env.PATH,
  SystemRoot: process.env.SystemRoot,
  LC_ALL: "C",
  TZ: "UTC",
});

/** How to start a program as `owner`. */
export const asOwner = (owner: Owner): { uid?: number; gid?: number } =>
  owner.uid === undefined || owner.gid === undefined ? {} : { uid: owner.uid, gid: owner.gid };

/**
 * Makes an empty cluster in `data`: UTF8, C collation, scram-sha-256. It is built beside and renamed,
 * so a cluster that exists is whole.
 */
export async function makeCluster(
  binaries: Binaries,
  data: string,
  owner: Owner,
  password: string,
  durable: boolean,
): Promise<void> {
  const draft = `${data}.new`;
  const passwordFile = join(dirname(data), "first-password");
  rmSync(draft, { recursive: true, force: true });
  rmSync(passwordFile, { force: true });
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (owner.uid !== undefined && owner.gid !== undefined) {
    chownSync(passwordFile, owner.uid, owner.gid);
  }
  const args = [
    ...["-D", draft, "-U", superuser, "--pwfile", passwordFile, "--auth", "scram-sha-256"],
    ...["--encoding", "UTF8", "--locale", "C", "--no-instructions"],
    ...(durable ? [] : ["--no-sync"]),
  ];
  try {
    await initdb(binaries.initdb, args, owner, dirname(data));
    writeFileSync(join(draft, "pg_hba.conf"), access);
    renameSync(draft, data);
  } finally {
    rmSync(passwordFile, { force: true });
    if (existsSync(draft)) rmSync(draft, { recursive: true, force: true });
  }
}

function initdb(program: string, args: string[], owner: Owner, cwd: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const what = "Could not make a database";
    const options = { cwd, env: cleanEnvironment(), ...asOwner(owner) };
    const child = spawn(program, args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
    let printed = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (chunk: Buffer) => {
        printed += chunk.toString();
      });
    }
    child.on("error", (error) => reject(new StartFailure(`${what}: ${error.message}`)));
    child.on("close", (code) => {
      if (code === 0) resolve();
      else reject(new StartFailure(explain(printed, what, cwd)));
    });
  });
}
