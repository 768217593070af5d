import { parseArgs } from "node:util";
import { receiptCommand } from "../local/audit/receipt.ts";
import { exits, verifyCommand } from "../local/audit/verify.ts";
import { terminal } from "../local/terminal/terminal.ts";

const usage = `usage:
  npm run audit -- verify DIR [--policy FILE|DIR] [--json]
  npm run audit -- receipt FILE --policy FILE [--json]
exit 0: all true · 1: something found · 2: bad arguments, or nothing there to verify`;

process.exitCode = await main(process.argv.slice(2));

async function main(argv: string[]): Promise<number> {
  const parsed = read(argv);
  if (!parsed) return exits.usage;
  const { verb, target, policy, json } = parsed;
  const { stdout, stderr } = process;
  const shown = terminal({ stdout, stderr, noColor: process.env.NO_COLOR, json });
  if (verb === "verify") return verifyCommand(shown, target, policy);
  if (policy !== undefined) return receiptCommand(shown, target, policy);
  shown.complain(usage);
  return exits.usage;
}

function read(argv: string[]) {
  try {
    const options = { policy: { type: "string" }, json: { type: "boolean" } } as const;
    const { values, positionals } = parseArgs({ args: argv, options, allowPositionals: true });
    const [verb, target, ...rest] = positionals;
    if ((verb === "verify" || verb === "receipt") && target !== undefined && rest.length === 0) {
      return { verb, target, policy: values.policy, json: values.json ?? false } as const;
    }
    process.stderr.write(`${usage}\n`);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${usage}\n`);
  }
  return undefined;
}
