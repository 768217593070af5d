import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { Stack } from "aws-cdk-lib";
import { Code } from "aws-cdk-lib/aws-lambda";
import type { Construct } from "constructs";
import type { FunctionName } from "../functions/needs.ts";
import { lazily } from "../shared/base/lazily.ts";
import { bundleForDeployment } from "./bundle-functions.ts";

const house = fileURLToPath(new URL("..", import.meta.url));

/** All bundles of this process's app, made once. The CDK copies what it deploys, so that they go with the process. */
const bundles = lazily(() => {
  const folder = mkdtempSync(join(tmpdir(), "countersign-bundles-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  bundleForDeployment(folder);
  return { folder };
});

/**
 * A function's code: its bundle, and beside it a copy of `besides`, a folder of the house. All are made at once by the one builder there is: the CDK's own
 * `NodejsFunction` starts npx for each (0.8 s of processor time apiece, measured). Where the CDK asks for no bundles (`cdk list`), it is the handler's folder as it stands.
 */
export function functionCode(scope: Construct, name: FunctionName, besides?: string): Code {
  if (!Stack.of(scope).bundlingRequired) return Code.fromAsset(join(house, "functions", name));
  const folder = join(bundles().folder, name);
  if (besides !== undefined)
    cpSync(join(house, besides), join(folder, basename(besides)), { recursive: true });
  return Code.fromAsset(folder);
}
