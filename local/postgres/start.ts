import type { ChildProcess } from "node:child_process";
import { existsSync, mkdirSync, realpathSync } from "node:fs";
import { join, resolve } from "node:path";
import { findBinaries } from "./binaries.ts";
import { makeCluster } from "./cluster.ts";
import { grantLogin } from "./database.ts";
import { freePort } from "./free-port.ts";
import { lockFolder } from "./lock.ts";
import { chooseOwner } from "./owner.ts";
import { keepPasswords, type Passwords } from "./passwords.ts";
import { choosePlace, sharedFolder } from "./place.ts";
import { clearOrphan, stopPostmaster } from "./postmaster.ts";
import { loginOf, type Role, superuser } from "./roles.ts";
import { type Launch, launch } from "./server-process.ts";
import { StartFailure } from "./start-failure.ts";

/** What to start, and how. */
export interface StartOptions {
  /** The cluster's folder: data, passwords, lock and log; made if absent. */
  readonly folder: string;
  /** Gets one line per thing worth telling the person at the terminal. */
  readonly log?: (line: string) => void;
  /** Starts PostgreSQL again, on the same port, when it dies by itself. */
  readonly restartOnCrash?: boolean;
  /** False only for tests: a power cut may then lose the data. Default true. */
  readonly durable?: boolean;
  /** Stops PostgreSQL when this process is killed too: for runs whose data nobody wants afterwards. */
  readonly endsWithUs?: boolean;
  /** A fixed port; by default a random free one. */
  readonly port?: number;
  /** Where data and binaries go when the folder is closed to PostgreSQL's user. */
  readonly outside?: string;
}

/** A running PostgreSQL on 127.0.0.1. */
export interface Postgres {
  url(role: Role, database: string): string;
  superuserUrl(database: string): string;
  readonly port: number;
  /** The postmaster's process id; another one after a restart. */
  readonly pid: number;
  /** Ends connections, writes everything down and waits until the process is gone. */
  stop(): Promise<void>;
  /** Resolves when PostgreSQL is gone for good: stopped, or died and was not brought back. */
  readonly exited: Promise<void>;
}

/** Starts the PostgreSQL of `folder`, making it first if need be. Throws StartFailure with one sentence. */
export async function startPostgres(options: StartOptions): Promise<Postgres> {
  const log = options.log ?? (() => undefined);
  mkdirSync(resolve(options.folder), { recursive: true });
  const folder = realpathSync(options.folder);
  const release = lockFolder(folder);
  try {
    const owner = chooseOwner();
    const outside = (): string =>
      owner.uid === undefined ? folder : sharedFolder(options.outside);
    const place = choosePlace(folder, owner, outside);
    const binaries = findBinaries(owner, outside);
    const passwords = keepPasswords(join(folder, "passwords.json"), existsSync(place.data));
    if (place.elsewhere) log(`data in ${place.data}: user ${owner.name} cannot reach ${folder}`);
    const durable = options.durable ?? true;
    if (!existsSync(place.data)) {
      await makeCluster(binaries, place.data, owner, passwords[superuser] ?? "", durable);
    }
    await clearOrphan(place.data, log);
    const logFile = join(folder, "postgres.log");
    const { endsWithUs = false } = options;
    const program = binaries.postgres;
    const how: Launch = { program, data: place.data, owner, logFile, durable, endsWithUs };
    const first = await launchSomewhere(how, options.port);
    const postgres = supervise(
      how,
      first,
      passwords,
      options.restartOnCrash ?? false,
      log,
      release,
    );
    await grantLogin(postgres.superuserUrl("postgres"), withoutSuperuser(passwords));
    return postgres;
  } catch (error) {
    release();
    throw error;
  }
}

const withoutSuperuser = ({ [superuser]: _, ...others }: Passwords): Passwords => others;

interface Running {
  readonly child: ChildProcess;
  readonly port: number;
}

/** Launches on the wanted port, or on random ones until one is still free when PostgreSQL gets there. */
async function launchSomewhere(how: Launch, wanted: number | undefined): Promise<Running> {
  for (let attempt = 1; ; attempt++) {
    const port = await freePort(wanted);
    try {
      return { child: await launchPatiently(how, port), port };
    } catch (error) {
      const raced = error instanceof StartFailure && /port is taken/.test(error.message);
      if (!raced || wanted !== undefined || attempt === 5) throw error;
    }
  }
}

/** The backends of a killed postmaster hold its memory for a moment: wait for them up to ten seconds. */
async function launchPatiently(how: Launch, port: number): Promise<ChildProcess> {
  const until = Date.now() + 10_000;
  for (;;) {
    try {
      return await launch(how, port);
    } catch (error) {
      const busy = /shared memory block|lock file|port is taken/;
      const waiting = error instanceof StartFailure && busy.test(error.message);
      if (!waiting || Date.now() > until) throw error;
      await new Promise((done) => setTimeout(done, 100));
    }
  }
}

const restartsAtMost = 20;

function supervise(
  how: Launch,
  first: Running,
  passwords: Passwords,
  restartOnCrash: boolean,
  log: (line: string) => void,
  release: () => void,
): Postgres {
  const { port } = first;
  let { child } = first;
  let restarts = 0;
  let stopping: Promise<void> | undefined;
  const gone = Promise.withResolvers<void>();
  const onExit = (): void => {
    if (child.pid !== undefined && child.exitCode === null) child.kill("SIGINT");
  };
  const finish = (): void => {
    process.off("exit", onExit);
    release();
    gone.resolve();
  };
  const revive = async (): Promise<void> => {
    restarts += 1;
    log(`PostgreSQL died and is started again on port ${port}`);
    child = await launchPatiently(how, port);
    watch();
  };
  const watch = (): void => {
    child.once("exit", () => {
      if (stopping !== undefined) return;
      if (!restartOnCrash || restarts === restartsAtMost) return finish();
      reviving = revive().catch((error: Error) => {
        log(error.message);
        finish();
      });
    });
  };
  let reviving: Promise<void> = Promise.resolve();
  const stop = async (): Promise<void> => {
    await reviving;
    if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) {
      await stopPostmaster(child.pid, how.data);
    }
    finish();
  };
  process.on("exit", onExit);
  watch();
  const urlOf = (login: string, database: string): string =>
    `postgres://${login}:${passwords[login] ?? ""}@127.0.0.1:${port}/${database}`;
  return {
    url: (role, database) => urlOf(loginOf(role), database),
    superuserUrl: (database) => urlOf(superuser, database),
    port,
    get pid() {
      return child.pid ?? 0;
    },
    stop() {
      stopping ??= stop();
      return stopping;
    },
    exited: gone.promise,
  };
}
