/** A room of shared/: the rooms it may import besides itself, and its npm packages (a file name after `:` is the only one allowed). */
export type Room = { readonly sees: readonly string[]; readonly packages: readonly string[] };

const bytes = ["base", "log", "record", "qldb", "proof"];
const meaning = ["base", "iso20022", "coverage", "letter", "policy", "claim", "payout"];
const both = [...new Set([...bytes, ...meaning])];

/** The rooms of shared/ in the order data walks: what a room sees lies before it. Any other folder is a violation. */
export const rooms: Readonly<Record<string, Room>> = {
  base: { sees: [], packages: ["canonicalize", "@noble/hashes", "zod"] },
  log: { sees: ["base"], packages: ["@noble/curves", "@noble/post-quantum"] },
  record: { sees: ["base", "log"], packages: [] },
  qldb: { sees: ["base"], packages: ["ion-js", "ion-hash-js", "jsbi"] },
  proof: { sees: ["base", "log", "record", "qldb"], packages: [] },
  iso20022: { sees: ["base"], packages: ["sax", "ibantools"] },
  coverage: { sees: ["base"], packages: ["@bufbuild/cel", "zod"] },
  letter: { sees: ["base", "coverage"], packages: [] },
  policy: { sees: ["base", "coverage"], packages: ["zod"] },
  claim: { sees: ["base", "iso20022", "coverage", "letter", "policy"], packages: ["zod"] },
  payout: { sees: ["base", "iso20022", "coverage", "policy", "claim"], packages: ["zod"] },
  audit: { sees: both, packages: ["zod"] },
  api: { sees: [...both, "audit"], packages: ["zod"] },
  ports: { sees: ["base"], packages: [] },
};

/** Ports are promises about values of every room, so they may name any room's types; nothing else of theirs. */
export const roomOfPromises = "ports";

/** The files of shared/ that may use a module of Node: package.json's `imports` offers them to Node only. */
export const nodeDoors = ["shared/base/sha256.node.ts", "shared/log/signatures.node.ts"];

/** What each part of the house outside shared/ may import besides itself. */
export const parts: Readonly<Record<string, readonly string[]>> = {
  functions: ["shared"],
  local: ["shared", "functions"],
  lib: ["shared"],
  web: ["shared"],
  bench: ["shared", "functions", "local", "lib"],
  bin: ["shared", "functions", "local", "lib", "web"],
};

/** The files that import by computed names: one what it finds in its own folder, one the bundle it is given. */
export const importsByName: readonly string[] = ["bench/run.ts", "local/lambda/worker.ts"];

/** The files of functions/ that lib/ may read: the names it must supply, how a function is bundled and what it measures. */
export const readByLib = /^functions\/(.+\/)?(env|needs|bundle|metrics)\.ts$/;

/** Modules of Node without effects: what functions/ may use outside adapters and handlers. */
export const pureModules = new Set(["assert", "async_hooks", "buffer", "path", "url", "util"]);

/** npm packages that reach a service: for adapters and handlers only. */
export const isEffectPackage = (name: string): boolean =>
  /^(@aws-sdk\/|@smithy\/|@aws\/|pg$|amazon-qldb-driver-nodejs$)/.test(name);

/** The files of functions/ where effects live. */
export const mayHaveEffects = (path: string): boolean =>
  path.startsWith("functions/adapters/") || path.endsWith("/handler.ts");

/** npm packages that whoever installs the public package, or loads a page that uses the client, gets with it. */
export const publicPackages: ReadonlySet<string> = new Set([
  "@noble/curves",
  "@noble/hashes",
  "@noble/post-quantum",
  "canonicalize",
  "ibantools",
  "ion-hash-js",
  "ion-js",
  "zod",
]);
