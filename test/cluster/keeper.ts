import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { migrateUrl } from "../../functions/adapters/postgres/migrate.ts";
import { createDatabase } from "../../local/postgres/database.ts";
import { removeCluster } from "../../local/postgres/place.ts";
import { type Role, roles } from "../../local/postgres/roles.ts";
import { startPostgres } from "../../local/postgres/start.ts";

/**
 * A process of its own that keeps the test cluster: it prints where the cluster is and holds it until its standard
 * input closes, which also happens when the test run is killed. Then nothing is left, neither process nor folder.
 */
export interface ClusterNote {
  /** Connection URLs with `{database}` where the database's name goes. */
  readonly urls: Readonly<Record<Role, string>>;
  readonly superuserUrl: string;
  readonly template: string;
  readonly pid: number;
  readonly folder: string;
}

const template = "migrated";
const folder = mkdtempSync(join(tmpdir(), "countersign-test-"));
process.on("exit", () => removeCluster(folder));
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => undefined);

let closed = false;
const inputClosed = new Promise<void>((resolve) => {
  for (const event of ["end", "close", "error"]) {
    process.stdin.once(event, () => {
      closed = true;
      resolve();
    });
  }
  process.stdin.resume();
});

const postgres = await startPostgres({ folder, durable: false });
try {
  if (!closed) {
    await createDatabase(postgres.superuserUrl("postgres"), template);
    await migrateUrl(postgres.superuserUrl(template), { engine: "postgres" });
    const url = (role: Role): [Role, string] => [role, postgres.url(role, "{database}")];
    const note: ClusterNote = {
      urls: Object.fromEntries(roles.map(url)) as Record<Role, string>,
      superuserUrl: postgres.superuserUrl("{database}"),
      template,
      pid: postgres.pid,
      folder,
    };
    process.stdout.write(`${JSON.stringify(note)}\n`);
    await inputClosed;
  }
} finally {
  await postgres.stop();
}
process.exit(0);
