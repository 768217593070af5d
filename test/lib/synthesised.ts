import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App, type Stack, Validations } from "aws-cdk-lib";
import { Template } from "aws-cdk-lib/assertions";
import { buildApp } from "../../lib/build-app.ts";
import { featureFlags } from "../../lib/feature-flags.ts";
import { readSettings } from "../../lib/settings.ts";

process.env.CDK_VALIDATION = "false";

/** A resource as a template writes it. */
export interface Resource {
  readonly Type: string;
  readonly Properties: Record<string, unknown>;
}
export type Resources = Readonly<Record<string, Resource>>;

/** The app without bundles: each stack's resources and what was acknowledged. Throws what cdk-nag finds. `spoil` may add to the first stack. */
export function synthesised(
  context: Readonly<Record<string, string>> = {},
  spoil: (platform: Stack) => void = () => {},
) {
  const outdir = mkdtempSync(join(tmpdir(), "countersign-cdk-"));
  const app = new App({
    context: { ...featureFlags, ...context, "aws:cdk:bundling-stacks": [] },
    analyticsReporting: false,
    outdir,
  });
  try {
    buildApp(app, readSettings(app.node));
    const stacks = app.node.children.filter((child): child is Stack => "templateFile" in child);
    spoil(stacks[0]!);
    return { stacks: stacks.map(({ stackName }) => stackName), ...readStacks(app, stacks) };
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

function readStacks(app: App, stacks: readonly Stack[]) {
  const resources = stacks.flatMap((stack) =>
    Object.entries(Template.fromStack(stack).toJSON().Resources as Resources).map(
      ([id, resource]) => [`${stack.stackName}/${id}`, resource] as const,
    ),
  );
  const acknowledged = app.node
    .findAll()
    .flatMap(({ node }) =>
      node.metadata.flatMap(({ type, data }) =>
        type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY ? [JSON.stringify(data)] : [],
      ),
    );
  return { resources: Object.fromEntries(resources) as Resources, acknowledged };
}

/** The resources of one type. */
export const ofType = (resources: Resources, type: string) =>
  Object.entries(resources).filter(([, resource]) => resource.Type === type);

/** The logical id that a Ref, GetAtt or text made of them names first. */
export function named(value: unknown): string {
  const [found] = JSON.stringify(value).match(/(?<="Ref":"|"Fn::GetAtt":\[")[^"]+/) ?? [];
  return found ?? "";
}
