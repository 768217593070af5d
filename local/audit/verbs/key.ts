import { writeFileSync } from "node:fs";
import { newAuditorKey } from "../../../functions/auditor/envelope.ts";
import { writing } from "../../terminal/reading.ts";
import { exits, verb } from "../../terminal/verb.ts";

/** `audit key NAME`: an auditor's key pair, `NAME.jwk` (private, 0600) and `NAME.pub.jwk`, which the insurer closes openings for. */
export const keyVerb = verb({
  name: "key",
  usage: ["key NAME [--json]"],
  options: {},
  operands: [1, 1],
  run: async (terminal, _, [name = ""]) => {
    const pair = await newAuditorKey();
    const files = { private: `${name}.jwk`, public: `${name}.pub.jwk` };
    const text = (key: object): string => `${JSON.stringify(key)}\n`;
    // "wx": a key that is there already is never written over.
    for (const [file, key, mode] of [
      [files.private, pair.private, 0o600],
      [files.public, pair.public, 0o644],
    ] as const) {
      writing(file, () => writeFileSync(file, text(key), { flag: "wx", mode, flush: true }));
    }
    terminal.line(`${files.private}  keep it: only this opens what is closed for you`);
    terminal.line(`${files.public}  send it to the insurer, by a way they know is yours`);
    terminal.line(`key id ${pair.public.kid}`);
    terminal.result({ ...files, kid: pair.public.kid });
    return exits.ok;
  },
});
