// Loaded before a program by NODE_OPTIONS=--require=<this file>, in it and in every Node process and thread it starts. Each connect,
// datagram and name lookup that leaves this machine is written as one JSON line to the file COUNTERSIGN_NETWORK_RECORD names, and fails.
// (--require, not --import: a thread made from a text skips the modules of --import.)
"use strict";
const { ChildProcess } = require("node:child_process");
const dgram = require("node:dgram");
const dns = require("node:dns");
const { appendFileSync } = require("node:fs");
const { syncBuiltinESMExports } = require("node:module");
const net = require("node:net");
const process = require("node:process");
const threads = require("node:worker_threads");

const { NODE_OPTIONS, COUNTERSIGN_NETWORK_RECORD: record } = process.env;
if (!record) throw new Error("COUNTERSIGN_NETWORK_RECORD does not name a file");
const watched = { NODE_OPTIONS, COUNTERSIGN_NETWORK_RECORD: record };

const isLoopback = (host) =>
  /^(localhost|(.+\.)?localhost\.?|127(\.\d{1,3}){3}|::1|::ffff:127(\.\d{1,3}){3})$/i.test(
    String(host).replace(/^\[|\]$/g, ""),
  );

/** Writes one attempt down and returns the error it fails with. */
function refuse(what, host, port, code) {
  const attempt = { what, host: String(host), port, pid: process.pid, program: process.argv[1] };
  appendFileSync(record, `${JSON.stringify(attempt)}\n`);
  const error = new Error(`offline: ${what} ${host}${port === undefined ? "" : `:${port}`}`);
  return Object.assign(error, { code, hostname: String(host) });
}

/** Where Socket.connect(...args) leads: options, a port and host, a path, or the array net.connect makes of them. */
function destination(args) {
  const [first, second] = Array.isArray(args[0]) ? args[0] : args;
  if (typeof first === "object" && first !== null) return first;
  if (typeof first === "string" && !/^\d+$/.test(first)) return { path: first };
  return { port: first, host: typeof second === "string" ? second : undefined };
}

const connect = net.Socket.prototype.connect;
net.Socket.prototype.connect = function (...args) {
  const { path, host, port } = destination(args);
  if (path || isLoopback(host || "localhost")) return connect.apply(this, args);
  const error = refuse("connect", host, port, "ENETUNREACH");
  process.nextTick(() => this.destroy(error));
  return this;
};

const { send, connect: connectDatagram } = dgram.Socket.prototype;
dgram.Socket.prototype.send = function (...args) {
  const host = args.slice(1).find((arg) => typeof arg === "string");
  if (host === undefined || isLoopback(host)) return send.apply(this, args);
  const error = refuse("send", host, undefined, "ENETUNREACH");
  const callback = args.at(-1);
  process.nextTick(() =>
    typeof callback === "function" ? callback(error) : this.emit("error", error),
  );
};
dgram.Socket.prototype.connect = function (port, host, ...rest) {
  if (typeof host !== "string" || isLoopback(host)) {
    return connectDatagram.call(this, port, host, ...rest);
  }
  const error = refuse("connect", host, port, "ENETUNREACH");
  const callback = rest.at(-1);
  process.nextTick(() =>
    typeof callback === "function" ? callback(error) : this.emit("error", error),
  );
};

const asks = /^(lookup|lookupService|reverse|resolve.*)$/;
/** Whether a question needs no one else: lookup of a loopback name, or of an address as it stands. */
const isLocalQuestion = (name, host) =>
  isLoopback(host) || (name === "lookup" && (!host || net.isIP(host) !== 0));

function guard(owner, answersByPromise) {
  for (const name of Object.getOwnPropertyNames(owner)) {
    const ask = owner[name];
    if (!asks.test(name) || typeof ask !== "function") continue;
    const guarded = function (...args) {
      if (isLocalQuestion(name, args[0])) return ask.apply(this, args);
      const error = refuse("lookup", args[0], undefined, "ENOTFOUND");
      if (answersByPromise) return Promise.reject(error);
      process.nextTick(args.at(-1), error);
    };
    // util.promisify reads how these answer from properties of theirs.
    for (const key of Object.getOwnPropertySymbols(ask)) {
      Object.defineProperty(guarded, key, Object.getOwnPropertyDescriptor(ask, key));
    }
    owner[name] = guarded;
  }
}
guard(dns, false);
guard(dns.promises, true);
guard(dns.Resolver.prototype, false);
guard(dns.promises.Resolver.prototype, true);

// A child or thread with an environment of its own gets what it needs to be watched.
const spawn = ChildProcess.prototype.spawn;
ChildProcess.prototype.spawn = function (options) {
  const pairs = options.envPairs ?? [];
  const missing = Object.entries(watched).filter(
    ([name]) => !pairs.some((pair) => pair.startsWith(`${name}=`)),
  );
  const envPairs = [...pairs, ...missing.map(([name, value]) => `${name}=${value}`)];
  return spawn.call(this, { ...options, envPairs });
};
threads.Worker = class extends threads.Worker {
  constructor(file, options = {}) {
    const own = typeof options.env === "object" && options.env !== null;
    super(file, own ? { ...options, env: { ...watched, ...options.env } } : options);
  }
};

syncBuiltinESMExports();
