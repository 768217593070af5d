import recommended from "aws-cdk-lib/recommended-feature-flags.json" with { type: "json" };

/**
 * CDK's recommended behaviours of the pinned version, in the program rather than in cdk.json, so that tests have them too. References
 * between stacks stay exports: a weak one lets a stack replace what another still uses.
 */
export const featureFlags: Readonly<Record<string, unknown>> = {
  ...recommended,
  "@aws-cdk/core:defaultCrossStackReferences": "strong",
};
