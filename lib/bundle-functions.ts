import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type BuildOptions, build, buildSync, type Metafile } from "esbuild";
import { bundle } from "../functions/bundle.ts";
import type { FunctionName } from "../functions/needs.ts";

const house = fileURLToPath(new URL("..", import.meta.url));

/** Every function: the folders of functions/ with a handler. */
export const builtNames = readdirSync(`${house}functions`, { recursive: true, encoding: "utf8" })
  .flatMap((path) => /^([a-z-]+)[/\\]handler\.ts$/.exec(path)?.[1] ?? [])
  .sort() as FunctionName[];

/** What a bundle is: its file, its size in bytes, and the files of the house and of packages that stand in it. */
export interface BuiltFunction {
  readonly file: string;
  readonly sizeBytes: number;
  readonly inputs: readonly string[];
}

/** The most a function's bundle may have: minified, the SDK inside. */
export const bundleLimitBytes = (name: FunctionName): number =>
  name === "public" ? 300_000 : 800_000;

/** Builds functions into `folder` exactly as they are deployed, all at once, for they share most of what is read. */
export async function bundleFunctions<Name extends FunctionName>(
  folder: string,
  names: readonly Name[] = builtNames as Name[],
): Promise<Readonly<Record<Name, BuiltFunction>>> {
  const { metafile } = await build(bundling(folder, names));
  const built = names.map((name) => [name, builtFrom(metafile, folder, name)] as const);
  return Object.fromEntries(built) as Record<Name, BuiltFunction>;
}

/** {@link bundleFunctions} for the CDK, whose constructs can't wait: all functions, each in the folder of its name. */
export const bundleForDeployment = (folder: string): unknown =>
  buildSync(bundling(folder, builtNames));

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
    absWorkingDir: house,
    logLevel: "warning",
  } as const satisfies BuildOptions;
}

function builtFrom({ outputs }: Metafile, folder: string, name: string): BuiltFunction {
  const entryPoint = `functions/${name}/handler.ts`;
  const output = Object.values(outputs).find((each) => each.entryPoint === entryPoint);
  if (!output) throw new Error(`bug: esbuild made nothing of ${entryPoint}`);
  const inputs = Object.entries(output.inputs).flatMap(([path, { bytesInOutput }]) =>
    bytesInOutput > 0 ? [path] : [],
  );
  return { file: `${folder}/${name}/index.mjs`, sizeBytes: output.bytes, inputs };
}
