import { readdirSync } from "node:fs";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { type BuildOptions, build, buildSync, type ImportKind, type Metafile } from "esbuild";
import { bundle } from "../functions/bundle.ts";
import type { FunctionName } from "../functions/needs.ts";

const house = fileURLToPath(new URL("..", import.meta.url));

/** Every function: the folders of functions/ with a handler. */
export const builtNames = readdirSync(`${house}functions`, { recursive: true, encoding: "utf8" })
  .flatMap((path) => /^([a-z-]+)[/\\]handler\.ts$/.exec(path)?.[1] ?? [])
  .sort() as FunctionName[];

/** Functions of which a part waits in files of its own until a call needs it: the rule engine, above all (docs/adr/0016-read-when-asked.md). */
const inParts: ReadonlySet<FunctionName> = new Set([
  "adjudicator",
  "auditor",
  "claimant",
  "eraser",
  "insurer",
  "self-audit",
  "shadow",
]);

/** What a bundle is: its files, the one that is started first; their size in bytes, all together; and what of the house and of packages stands in them, and in those a start reads. */
export interface BuiltFunction {
  readonly file: string;
  readonly files: readonly string[];
  readonly sizeBytes: number;
  readonly inputs: readonly string[];
  readonly inputsAtStart: readonly string[];
}

/** The most a function's bundle may have: minified, the SDK inside. */
export const bundleLimitBytes = (name: FunctionName): number =>
  name === "public" ? 300_000 : 800_000;

/** Builds functions into `folder` exactly as they are deployed, all at once, for they share most of what is read. */
export async function bundleFunctions<Name extends FunctionName>(
  folder: string,
  names: readonly Name[] = builtNames as Name[],
): Promise<Readonly<Record<Name, BuiltFunction>>> {
  const made = await Promise.all(bundlings(folder, names).map((options) => build(options)));
  const outputs = Object.assign({}, ...made.map(({ metafile }) => metafile.outputs));
  const built = names.map((name) => [name, builtFrom(outputs, folder, name)] as const);
  return Object.fromEntries(built) as Record<Name, BuiltFunction>;
}

/** {@link bundleFunctions} for the CDK, whose constructs can't wait: all functions, each in the folder of its name. */
export const bundleForDeployment = (folder: string): void => {
  for (const options of bundlings(folder, builtNames)) buildSync(options);
};

/** All that are one file at once, and each that is in parts by itself, so that no function has a part in common with another. */
function bundlings(folder: string, names: readonly FunctionName[]): readonly Bundling[] {
  const whole = names.filter((name) => !inParts.has(name));
  const parted = names.filter((name) => inParts.has(name));
  return [
    ...(whole.length > 0 ? [bundling(folder, whole)] : []),
    ...parted.map((name) => ({
      ...bundling(folder, [name]),
      ...{ splitting: true, chunkNames: `${name}/[hash]` },
    })),
  ];
}

type Bundling = BuildOptions & ReturnType<typeof bundling>;

function bundling(folder: string, names: readonly FunctionName[]) {
  const { banner, mainFields, alias, ...format } = bundle;
  return {
    ...format,
    mainFields: [...mainFields],
    alias: { ...alias },
    entryPoints: names.map((name) => ({
      in: `${house}functions/${name}/handler.ts`,
      out: `${name}/index`,
    })),
    outdir: folder,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    metafile: true,
    platform: "node",
    format: "esm",
    banner: { js: banner },
    legalComments: "external",
    absWorkingDir: house,
    logLevel: "warning",
  } as const satisfies BuildOptions;
}

type Outputs = Metafile["outputs"];

function builtFrom(outputs: Outputs, folder: string, name: FunctionName): BuiltFunction {
  const entryPoint = `functions/${name}/handler.ts`;
  const first = Object.keys(outputs).find((path) => outputs[path]?.entryPoint === entryPoint);
  if (first === undefined) throw new Error(`bug: esbuild made nothing of ${entryPoint}`);
  const parts = partsOf(outputs, first);
  const files = parts.map((path) => `${folder}/${name}/${basename(path)}`);
  return {
    file: `${folder}/${name}/${basename(first)}`,
    files,
    sizeBytes: parts.reduce((sum, path) => sum + (outputs[path]?.bytes ?? 0), 0),
    inputs: inputsOf(outputs, parts),
    inputsAtStart: inputsOf(outputs, partsOf(outputs, first, "import-statement")),
  };
}

/** A function's files: `first` and whatever that reads, sooner or later, or only by imports of one kind. */
function partsOf(outputs: Outputs, first: string, kind?: ImportKind): readonly string[] {
  const found = new Set([first]);
  for (const path of found) {
    for (const read of outputs[path]?.imports ?? []) {
      if (read.external !== true && (kind ?? read.kind) === read.kind) found.add(read.path);
    }
  }
  return [...found];
}

const inputsOf = (outputs: Outputs, parts: readonly string[]): readonly string[] =>
  parts.flatMap((path) =>
    Object.entries(outputs[path]?.inputs ?? {}).flatMap(([input, { bytesInOutput }]) =>
      bytesInOutput > 0 ? [input] : [],
    ),
  );
