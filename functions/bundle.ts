import { fileURLToPath } from "node:url";

/** Packages written as CommonJS ask for Node's own modules by `require`, which a module has not. */
const requireBanner =
  'import { createRequire as countersignRequire } from "node:module"; const require = countersignRequire(import.meta.url);';

const own = (file: string): string => fileURLToPath(new URL(file, import.meta.url));

/** How a function's handler.ts is made one file, wherever that is done: an ES module for Lambda's Node, minified, the SDK inside. */
export const bundle = {
  target: "node24",
  mainFields: ["module", "main"],
  minify: true,
  banner: requireBanner,
  alias: { "@aws-sdk/credential-provider-node": own("adapters/lambda-credentials.ts") },
} as const;
