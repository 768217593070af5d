import process from "node:process";
import { App } from "aws-cdk-lib";
import { buildApp } from "../lib/build-app.ts";
import { BadSetting } from "../lib/context.ts";
import { featureFlags } from "../lib/feature-flags.ts";
import { ledgerLine, readSettings } from "../lib/settings.ts";

const app = new App({ context: { ...featureFlags } });
try {
  const settings = readSettings(app.node);
  process.stderr.write(`${ledgerLine(settings.ledger)}\n`);
  buildApp(app, settings);
  app.synth();
} catch (error) {
  if (!(error instanceof BadSetting)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
