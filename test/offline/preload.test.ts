import { describe, expect, test } from "@jest/globals";
import { recorded } from "./recorded.ts";

/** A program that tries to leave the machine one way, waits, and prints how it failed. */
const attempt = (how: string) =>
  recorded(`const failure = await (async () => { ${how} })().then(() => "reached", (e) => e.code ?? e.cause?.code ?? e.message);
    console.log(failure); process.exit(0);`);

const failing = (emitter: string) => `new Promise((_, fail) => ${emitter}.on("error", fail))`;

describe("what leaves the machine is written down and fails", () => {
  const address = "192.0.2.1";
  const name = "claims.example";
  const ways: readonly (readonly [string, string, string, string])[] = [
    [
      "net",
      `const net = await import("node:net"); await ${failing(`net.connect(443, "${name}")`)}`,
      "connect",
      name,
    ],
    [
      "net by name import",
      `const { createConnection: open } = await import("node:net"); await ${failing(`open({ host: "${address}", port: 80 })`)}`,
      "connect",
      address,
    ],
    [
      "tls",
      `const tls = await import("node:tls"); await ${failing(`tls.connect(443, "${name}")`)}`,
      "connect",
      name,
    ],
    [
      "https",
      `const https = await import("node:https"); await ${failing(`https.get("https://${name}/")`)}`,
      "connect",
      name,
    ],
    [
      "http2",
      `const http2 = await import("node:http2"); await ${failing(`http2.connect("https://${name}")`)}`,
      "connect",
      name,
    ],
    ["fetch", `await fetch("https://${name}/")`, "connect", name],
    [
      "web socket",
      `await new Promise((_, fail) => { new WebSocket("wss://${name}").onerror = fail; })`,
      "connect",
      name,
    ],
    [
      "datagram",
      `const { createSocket } = await import("node:dgram"); await ${failing(`(() => { const s = createSocket("udp4"); s.send("a", 53, "${address}"); return s; })()`)}`,
      "send",
      address,
    ],
    [
      "connected datagram",
      `const { createSocket } = await import("node:dgram"); await ${failing(`(() => { const s = createSocket("udp4"); s.connect(53, "${address}"); return s; })()`)}`,
      "connect",
      address,
    ],
    [
      "lookup",
      `const { lookup } = await import("node:dns"); await new Promise((_, fail) => lookup("${name}", fail))`,
      "lookup",
      name,
    ],
    [
      "lookup by promise",
      `const { lookup } = await import("node:dns/promises"); await lookup("${name}")`,
      "lookup",
      name,
    ],
    [
      "promisified lookup",
      `const { lookup } = await import("node:dns"); await (await import("node:util")).promisify(lookup)("${name}")`,
      "lookup",
      name,
    ],
    [
      "resolver",
      `const { Resolver } = await import("node:dns/promises"); await new Resolver().resolve4("${name}")`,
      "lookup",
      name,
    ],
    [
      "reverse lookup",
      `const { promises } = await import("node:dns"); await promises.reverse("${address}")`,
      "lookup",
      address,
    ],
  ];
  test.each(ways)("%s", async (_, how, what, host) => {
    const { out, attempts } = await attempt(how);
    expect(attempts).toEqual([expect.objectContaining({ what, host })]);
    expect(out).not.toMatch(/reached/);
  });
});

test("an AWS client with credentials and no endpoint of ours is caught", async () => {
  const { attempts } = await attempt(
    `const { KMSClient, ListKeysCommand } = await import("@aws-sdk/client-kms");
     await new KMSClient({ maxAttempts: 1 }).send(new ListKeysCommand({}));`,
  );
  expect(attempts).toEqual([
    expect.objectContaining({ what: "connect", host: "kms.eu-central-1.amazonaws.com" }),
  ]);
});

test("processes and threads it starts are watched too, with an environment of their own as well", async () => {
  const { attempts } = await recorded(`
    import { execFile, spawnSync } from "node:child_process";
    import { Worker } from "node:worker_threads";
    const net = 'process.getBuiltinModule("node:net")';
    const leave = (host) => \`\${net}.connect(443, "\${host}").on("error", () => {})\`;
    const nested = \`require("child_process").spawnSync(process.execPath, ["-e", \${JSON.stringify(leave("grandchild.example"))}])\`;
    spawnSync(process.execPath, ["-e", nested]);
    execFile(process.execPath, ["-e", leave("bare-child.example")], { env: {} });
    new Worker(leave("thread.example"), { eval: true });
    new Worker(leave("bare-thread.example"), { eval: true, env: {}, execArgv: [] });`);
  expect(attempts.map(({ host }) => host).sort()).toEqual([
    "bare-child.example",
    "bare-thread.example",
    "grandchild.example",
    "thread.example",
  ]);
});

test("the machine itself stays in reach", async () => {
  const { out, err, attempts } = await recorded(`
    import { createServer } from "node:http";
    import { createSocket } from "node:dgram";
    import { lookup } from "node:dns/promises";
    const server = createServer((_, reply) => reply.end("here")).listen(0, "127.0.0.1");
    await new Promise((listening) => server.on("listening", listening));
    const { port } = server.address();
    for (const host of ["127.0.0.1", "localhost"]) {
      console.log(await (await fetch(\`http://\${host}:\${port}\`)).text());
    }
    const socket = createSocket("udp4").bind(0, "127.0.0.1");
    await new Promise((listening) => socket.on("listening", listening));
    const heard = new Promise((message) => socket.on("message", message));
    socket.send("heard", socket.address().port, "127.0.0.1");
    console.log(String(await heard));
    await lookup("localhost");
    socket.close();
    server.closeAllConnections();
    server.close();`);
  expect({ out, err }).toEqual({ out: "here\nhere\nheard\n", err: "" });
  expect(attempts).toEqual([]);
});
