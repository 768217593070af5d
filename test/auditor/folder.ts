import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Writable } from "node:stream";
import { exportVerb } from "../../local/audit/verbs/export.ts";
import { auditorVerbs } from "../../local/audit/verbs.ts";
import { closeBundle } from "../../local/bundle/folder.ts";
import { runCommandLine } from "../../local/terminal/command-line.ts";
import type { Verb } from "../../local/terminal/verb.ts";
import { formatPolicy } from "../../shared/log/policy-file.ts";
import { treeOf } from "../../shared/log/tree.ts";
import { type Files, origin, trustIn } from "../audit/bundle.ts";
import { temporaryFolder } from "../cluster/temporary.ts";
import { ed25519Signer, signCheckpoint } from "../log/signers.ts";

/** What an auditor was sent, and their own trust policy beside it. */
export interface Sent {
  readonly bundle: string;
  readonly policy: string;
  /** A file of the auditor's own, outside the bundle. */
  keep(name: string, bytes: Uint8Array | string): string;
  remove(): void;
}

/** Writes one insurer's files as a closed bundle. */
export function sent(files: Files): Sent {
  const folder = temporaryFolder("auditor");
  const keep = (name: string, bytes: Uint8Array | string): string => {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, bytes);
    return path;
  };
  for (const [path, bytes] of files) keep(`bundle/acme/${path}`, bytes);
  closeBundle(join(folder, "bundle"));
  return {
    bundle: join(folder, "bundle"),
    policy: keep("acme.policy", formatPolicy(trustIn(origin).policy)),
    keep,
    remove: () => rmSync(folder, { recursive: true }),
  };
}

/** A note of the log's key over a tree of these leaves, or by another key. */
export function noteOver(leaves: readonly Uint8Array[], seed = 1): Uint8Array {
  const tree = treeOf(leaves);
  const checkpoint = { origin, size: tree.size, root: tree.root, extensions: [] };
  return signCheckpoint(checkpoint, [ed25519Signer(origin, seed)]);
}

/** What a command of the auditor's program said. `json` is its one line of output, where it was asked for. */
export interface Said {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  readonly json: Record<string, unknown>;
}

/** Runs `audit <argv>` in this process. */
export const ask = (...argv: readonly string[]): Promise<Said> => askIn({}, ...argv);

/** The same in an environment. */
export const askIn = (env: NodeJS.ProcessEnv, ...argv: readonly string[]): Promise<Said> =>
  runVerb([...auditorVerbs, exportVerb], env, argv);

/** Runs one of `verbs` in this process. */
export async function runVerb(
  verbs: readonly Verb[],
  env: NodeJS.ProcessEnv,
  argv: readonly string[],
): Promise<Said> {
  const said = { out: "", err: "" };
  const stream = (name: "out" | "err") =>
    new Writable({
      write: (chunk, _, done) => {
        said[name] += String(chunk);
        done();
      },
    });
  const surroundings = { stdout: stream("out"), stderr: stream("err"), env };
  const code = await runCommandLine("audit", argv, surroundings, verbs);
  const json = argv.includes("--json") && said.out ? JSON.parse(said.out) : {};
  return { code, ...said, json };
}
