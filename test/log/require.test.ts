import { expect, test } from "@jest/globals";
import { utf8 } from "../../shared/base/bytes.ts";
import { Malformed } from "../../shared/base/malformed.ts";
import { formatRequirements, parseRequirements, requirementAt } from "../../shared/log/require.ts";

const file = "require 1 ed25519\nrequire 500 ed25519+mldsa44\n";

test("requirements read back, and the last one not above the size applies", () => {
  const requirements = parseRequirements(utf8(file));
  expect(formatRequirements(requirements)).toEqual(utf8(file));
  const at = (size: bigint) => requirementAt(requirements, size)?.signatures;
  expect([0n, 1n, 499n, 500n, 2n ** 60n].map(at)).toEqual([
    undefined,
    "ed25519",
    "ed25519",
    "ed25519+mldsa44",
    "ed25519+mldsa44",
  ]);
  expect(parseRequirements(utf8(""))).toEqual([]);
});

test("requirements in any other spelling are malformed", () => {
  const bad = [
    "require 1 ed25519",
    "\n",
    `${file}\n`,
    `# note\n${file}`,
    "require 1 ed25519\r\n",
    "require  1 ed25519\n",
    "require 01 ed25519\n",
    "require -1 ed25519\n",
    "require 1 mldsa44\n",
    "require 1 mldsa44+ed25519\n",
    "require 1 toString\n",
    "require 1\n",
    "require 1 ed25519\nrequire 1 ed25519+mldsa44\n",
    "require 5 ed25519\nrequire 1 ed25519+mldsa44\n",
    "require 9223372036854775808 ed25519\n",
  ];
  for (const text of bad) expect(() => parseRequirements(utf8(text))).toThrow(Malformed);
});
