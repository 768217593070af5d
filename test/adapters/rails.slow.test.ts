import { once } from "node:events";
import { mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, describe, expect, test } from "@jest/globals";
import { fileRail } from "../../functions/adapters/rail/file-rail.ts";
import { instantRail } from "../../functions/adapters/rail/instant-rail.ts";
import { friendly } from "../../local/bank/behaviour.ts";
import { takeTurn } from "../../local/bank/exchange.ts";
import { type NetworkFaults, serveBank } from "../../local/bank/serve.ts";
import { openBank } from "../../local/bank/stub.ts";
import { folderStore } from "../../local/objects/folder.ts";
import { folderInbox } from "../../local/objects/inbox.ts";
import { utf8 } from "../../shared/base/bytes.ts";
import { Malformed } from "../../shared/base/malformed.ts";
import { Unavailable } from "../../shared/ports/unavailable.ts";
import { bookedIn, fileOf, leftBy, oddNames, railContract } from "../contract/rail.ts";

const ends: (() => Promise<unknown>)[] = [];
afterAll(async () => {
  for (const end of ends.reverse()) await end();
});
const folder = async (): Promise<string> => {
  const made = await mkdtemp(join(tmpdir(), "rails-"));
  ends.push(() => rm(made, { recursive: true, force: true }));
  return made;
};
const clock = () => 1_582_000_000_000_000n;

async function openFiles() {
  const home = await folder();
  const bank = openBank(join(home, "bank"), friendly, clock);
  ends.push(async () => bank.close());
  const out = folderStore(join(home, "out"));
  const inbox = folderStore(join(home, "in"));
  const rail = fileRail(out, folderInbox(join(home, "in")));
  return {
    rail,
    home,
    booked: bank.booked,
    turn: async () => void (await takeTurn(bank, { out, inbox })),
  };
}

async function openInstant(faults?: NetworkFaults) {
  const bank = openBank(join(await folder(), "bank"), friendly, clock);
  const door = await serveBank(bank, faults ? { faults } : {});
  ends.push(
    async () => bank.close(),
    () => door.stop(),
  );
  return { rail: instantRail(door.url), booked: bank.booked, turn: async () => undefined, door };
}

railContract("bank file", openFiles);
railContract("instant", () => openInstant());

describe("the bank file rail", () => {
  test("only plain files of the insurer's own folder are messages, and none holds up another", async () => {
    const { rail, home } = await openFiles();
    await writeFile(join(home, "secret"), "secret");
    const inbox = folderStore(join(home, "in"));
    await inbox.putIfAbsent("acme/deeper/one.xml", utf8("<a/>"));
    await inbox.putIfAbsent("acme/message.xml", utf8("<a/>"));
    await symlink(join(home, "secret"), join(home, "in/acme/link.xml"));
    expect([...(await leftBy(rail, "acme")).keys()]).toEqual(["message.xml"]);
  });

  test("a message is read, acknowledged and set aside whatever its name is", async () => {
    const { rail, home } = await openFiles();
    await folderStore(join(home, "in")).putIfAbsent("acme/first.xml", utf8("<a/>"));
    for (const name of oddNames) await writeFile(join(home, "in/acme", name), name);
    const left = await leftBy(rail, "acme");
    expect([...left.keys()].sort()).toEqual([...oddNames, "first.xml"].sort());
    for (const name of oddNames) {
      expect(Buffer.from(left.get(name) ?? []).toString()).toBe(name);
    }
    const [first, ...others] = oddNames;
    for (const name of [first, first, "first.xml"]) await rail.acknowledge("acme", name);
    for (const name of others) await rail.setAside("acme", name);
    expect(await leftBy(rail, "acme")).toEqual(new Map());
    for (const name of others) {
      expect(await readFile(join(home, "in/~unreadable", `acme ${name}`), "utf8")).toBe(name);
    }
    await expect(rail.acknowledge("acme", "../message.xml")).rejects.toThrow(Malformed);
  });

  // APFS and NTFS take no such names.
  const onBytes = process.platform === "linux" ? test : test.skip;
  onBytes("a message is no less one for a name that is no UTF-8", async () => {
    const { rail, home } = await openFiles();
    await folderStore(join(home, "in")).putIfAbsent("acme/first.xml", utf8("<a/>"));
    const named = (name: string) => Buffer.from(join(home, "in/acme", name), "latin1");
    for (const name of ["Auszug f\xfcr.xml", "25%.xml", "\xe9.xml"]) {
      await writeFile(named(name), name);
    }
    const left = await leftBy(rail, "acme");
    const names = ["25%.xml", "%E9.xml", "Auszug f%FCr.xml", "first.xml"];
    expect([...left.keys()].sort()).toEqual(names.sort());
    expect(Buffer.from(left.get("%E9.xml") ?? []).toString()).toBe("\xe9.xml");
    for (const name of ["25%.xml", "first.xml", "%E9.xml"]) await rail.acknowledge("acme", name);
    await rail.setAside("acme", "Auszug f%FCr.xml");
    expect(await leftBy(rail, "acme")).toEqual(new Map());
    const aside = await readFile(join(home, "in/~unreadable/acme Auszug f%FCr.xml"), "utf8");
    expect(aside).toBe("Auszug f\xfcr.xml");
  });

  test("what is set aside comes no more, and is kept", async () => {
    const { rail, home } = await openFiles();
    await folderStore(join(home, "in")).putIfAbsent("acme/odd.xml", utf8("half of i"));
    await rail.setAside("acme", "odd.xml");
    await rail.setAside("acme", "odd.xml");
    expect(await leftBy(rail, "acme")).toEqual(new Map());
    expect(await readFile(join(home, "in/~unreadable/acme odd.xml"), "utf8")).toBe("half of i");
  });

  test("a message comes in pieces, however long it is", async () => {
    const { rail, home } = await openFiles();
    const long = new Uint8Array(1_000_000).fill(32);
    await folderStore(join(home, "in")).putIfAbsent("acme/long.xml", long);
    for await (const { bytes } of rail.messages("acme")) {
      const sizes: number[] = [];
      for await (const piece of bytes) sizes.push(piece.length);
      expect(Math.max(...sizes)).toBe(65_536);
      expect(sizes.reduce((sum, size) => sum + size)).toBe(1_000_000);
    }
  });
});

describe("the instant rail", () => {
  test("what a network loses is sent again until it is answered, and paid once", async () => {
    const { rail, booked } = await openInstant({ seed: "lossy", lost: 0.3, kept: 0.3 });
    let outages = 0;
    const patiently = async <T>(work: () => Promise<T>): Promise<T> => {
      for (;;) {
        try {
          return await work();
        } catch (error) {
          if (!(error instanceof Unavailable)) throw error;
          outages++;
        }
      }
    };
    for (const digit of "0123456789abcdef") {
      expect(await patiently(() => rail.send("acme", fileOf(digit, digit)))).toBe("sent");
    }
    expect(outages).toBeGreaterThan(5);
    expect(booked().map(({ debits }) => debits)).toEqual(new Array(16).fill(1));
    const read = new Map<string, Uint8Array>();
    await patiently(async () => {
      for await (const { name, bytes } of rail.messages("acme")) {
        for await (const piece of bytes) read.set(name, piece);
        await rail.acknowledge("acme", name);
      }
    });
    expect(bookedIn(read.values())).toHaveLength(16);
  });

  test("a bank that is gone is Unavailable, never an answer", async () => {
    const { rail, door } = await openInstant();
    await door.stop();
    await expect(rail.send("acme", fileOf("1", "a"))).rejects.toThrow(Unavailable);
    await expect(leftBy(rail, "acme")).rejects.toThrow(Unavailable);
    await expect(rail.acknowledge("acme", "x")).rejects.toThrow(Unavailable);
  });

  test("a bank that falls silent in the middle is Unavailable, one that is slow is waited for", async () => {
    let pauseMs = 60;
    const server = createServer(async (request, response) => {
      if (request.url?.endsWith("/messages")) return response.end('{"messages":["one"]}');
      for (let piece = 0; piece < 40 && !response.destroyed; piece++) {
        response.write("<a/>");
        await sleep(pauseMs, undefined, { ref: false });
      }
      return response.end();
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    ends.push(async () => {
      server.closeAllConnections();
      server.close();
    });
    const { port } = server.address() as { port: number };
    // All pieces take longer than the patience for one; a busy machine may make each of them late.
    const rail = instantRail(`http://127.0.0.1:${port}`, 2_000);
    expect((await leftBy(rail, "acme")).get("one")).toHaveLength(160);
    pauseMs = 20_000;
    await expect(leftBy(rail, "acme")).rejects.toThrow(Unavailable);
  });

  test("a bank that lists more than is taken at once is heard all the same", async () => {
    const names = Array.from({ length: 1_001 }, (_, at) => `m${at}`);
    const server = createServer(({ url }, response) => {
      response.end(url?.endsWith("/messages") ? JSON.stringify({ messages: names }) : "<a/>");
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    ends.push(async () => {
      server.closeAllConnections();
      server.close();
    });
    const { port } = server.address() as { port: number };
    for await (const { name, bytes } of instantRail(`http://127.0.0.1:${port}`).messages("acme")) {
      for await (const piece of bytes) expect(piece).toEqual(utf8("<a/>"));
      expect(name).toBe("m0");
      return;
    }
    throw new Error("nothing was heard");
  });

  test("a bank whose list is none is Unavailable", async () => {
    const long = `{"messages":[${new Array(200_000).fill('"name"')}]}`;
    const answers = ["not JSON", '{"messages":[1]}', long];
    const server = createServer((_, response) => void response.end(answers.shift()));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    ends.push(async () => server.close());
    const { port } = server.address() as { port: number };
    const rail = instantRail(`http://127.0.0.1:${port}`);
    for (let asked = 0; asked < 3; asked++) {
      await expect(leftBy(rail, "acme")).rejects.toThrow(Unavailable);
    }
  });
});
