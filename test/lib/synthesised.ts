import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App, type Stack, Validations } from "aws-cdk-lib";
import { Template } from "aws-cdk-lib/assertions";
import { addStacks, buildApp } from "../../lib/build-app.ts";
import { featureFlags } from "../../lib/feature-flags.ts";
import { readSettings } from "../../lib/settings.ts";

process.env.CDK_VALIDATION = "false";

/** A resource as a template writes it. */
export interface Resource {
  readonly Type: string;
  readonly Properties: Record<string, unknown>;
  readonly DependsOn?: readonly string[];
}
export type Resources = Readonly<Record<string, Resource>>;

type Context = Readonly<Record<string, string>>;

/** The app without bundles: each stack's resources and what was acknowledged. Nobody asks cdk-nag: {@link nagged} does once, and `npx cdk` in the slow lane for each engine and stage. */
export const synthesised = (context: Context = {}) => inApp(context, "addStacks", readStacks);

/** What stops the synth of the app as it is deployed, without bundles, once `spoil` has added to the first stack: each rule and the construct that breaks it. */
export const nagged = (spoil: (platform: Stack) => void): readonly string[] =>
  inApp({}, "buildApp", (app, stacks) => {
    spoil(stacks[0]!);
    try {
      app.synth();
    } catch {
      const report = JSON.parse(readFileSync(join(app.outdir, "validation-report.json"), "utf8"));
      return (report as Report).pluginReports.flatMap(({ violations }) =>
        violations.flatMap(({ ruleName, violatingConstructs }) =>
          violatingConstructs.map(({ constructPath }) => `${ruleName} ${constructPath}`),
        ),
      );
    }
    return [];
  });

/** What is read here of the report that the CDK leaves beside the templates. */
interface Report {
  readonly pluginReports: readonly {
    readonly violations: readonly {
      readonly ruleName: string;
      readonly violatingConstructs: readonly { readonly constructPath: string }[];
    }[];
  }[];
}

/** The names of the stacks alone, of which no template is made. */
export const stackNames = (context: Context): readonly string[] =>
  inApp(context, "addStacks", (_, stacks) => stacks.map(({ node }) => node.id));

const builds = { addStacks, buildApp };

/** What `use` makes of the app of a context, before anything is synthesised. */
export function inApp<Result>(
  context: Context,
  build: keyof typeof builds,
  use: (app: App, stacks: readonly Stack[]) => Result,
): Result {
  const outdir = mkdtempSync(join(tmpdir(), "countersign-cdk-"));
  const app = new App({
    context: { ...featureFlags, ...context, "aws:cdk:bundling-stacks": [] },
    analyticsReporting: false,
    outdir,
  });
  try {
    builds[build](app, readSettings(app.node));
    return use(
      app,
      app.node.children.filter((child): child is Stack => "templateFile" in child),
    );
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

function readStacks(app: App, stacks: readonly Stack[]) {
  const resources = stacks.flatMap((stack) =>
    Object.entries(Template.fromStack(stack).toJSON().Resources as Resources).map(
      ([id, resource]) => [`${stack.node.id}/${id}`, resource] as const,
    ),
  );
  const acknowledged = app.node
    .findAll()
    .flatMap(({ node }) =>
      node.metadata.flatMap(({ type, data }) =>
        type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY ? [JSON.stringify(data)] : [],
      ),
    );
  return {
    stacks: stacks.map(({ node }) => node.id),
    deployedAs: stacks.map(({ stackName }) => stackName),
    after: Object.fromEntries(
      stacks.map(({ node, dependencies }) => [node.id, dependencies.map((one) => one.node.id)]),
    ),
    regions: stacks.map(({ region }) => region),
    accounts: stacks.map(({ account }) => account),
    terminationProtected: stacks.map(({ terminationProtection }) => terminationProtection === true),
    resources: Object.fromEntries(resources) as Resources,
    acknowledged,
  };
}

/** The resources of one type. */
export const ofType = (resources: Resources, type: string) =>
  Object.entries(resources).filter(([, resource]) => resource.Type === type);

/** The logical id that a Ref, GetAtt or text made of them names first. */
export function named(value: unknown): string {
  const [found] = JSON.stringify(value).match(/(?<="Ref":"|"Fn::GetAtt":\[")[^"]+/) ?? [];
  return found ?? "";
}
