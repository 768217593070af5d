import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { bundle } from "../functions/bundle.ts";
import { type BundledName, type Bundles, bundledNames } from "../local/platform/bundles.ts";

const house = fileURLToPath(new URL("..", import.meta.url));

/** Builds the HTTP functions into `folder` exactly as they are deployed (lib/platform-function.ts); gives each one's file. */
export async function bundleFunctions(folder: string): Promise<Bundles> {
  const { banner, mainFields, ...format } = bundle;
  const built = Object.keys(bundledNames).map(async (name) => {
    const outfile = `${folder}/${name}/index.mjs`;
    await build({
      ...format,
      mainFields: [...mainFields],
      entryPoints: [`${house}functions/${name}/handler.ts`],
      outfile,
      bundle: true,
      platform: "node",
      format: "esm",
      banner: { js: banner },
      absWorkingDir: house,
      logLevel: "warning",
    });
    return [name as BundledName, outfile] as const;
  });
  return Object.fromEntries(await Promise.all(built)) as Bundles;
}
