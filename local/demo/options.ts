import { resolve } from "node:path";
import { parseArgs } from "node:util";

/** What the demo was asked for. */
export interface DemoOptions {
  readonly data: string | undefined;
  /** Absolute, without a slash at its end: other folders are named after it. */
  readonly out: string;
  /** The demo's own folder, absolute: emptied at the start. */
  readonly work: string;
  readonly attack: boolean;
  readonly json: boolean;
}

export const demoUsage = `usage: npm run demo -- [--data DIR] [--out DIR] [--work DIR] [--attack] [--json]
exit 0: done, and the audit is ok · 1: the audit found something, or --attack went uncaught · 2: bad arguments or a portfolio that can't be read`;

/** The options, or one sentence on what is wrong with them. */
export function readDemoOptions(
  argv: string[],
  defaults: { readonly out: string; readonly work: string },
): DemoOptions | string {
  const options = {
    data: { type: "string" },
    out: { type: "string", default: defaults.out },
    work: { type: "string", default: defaults.work },
    attack: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
  } as const;
  try {
    const { values } = parseArgs({ args: argv, options });
    return {
      ...values,
      data: values.data,
      out: resolve(values.out),
      work: resolve(values.work),
    };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
