import fc from "fast-check";
import type { Policy } from "../../shared/log/policy.ts";
import { keyOf, recordOf } from "./values.ts";

const url = fc.option(fc.constantFrom("https://log.example/", "http://127.0.0.1:8080"), {
  nil: undefined,
});
const withUrl = <T extends object>(of: T, some: string | undefined) =>
  some === undefined ? of : { ...of, url: some };

const log = fc.tuple(keyOf("ed25519", "mldsa44"), url).map(([key, some]) => withUrl({ key }, some));
const witness = fc.tuple(keyOf("cosignature", "mldsa44"), url);

/** Policies with up to three witnesses in up to two groups, one inside the other. */
export const policy: fc.Arbitrary<Policy> = recordOf({
  logs: fc.array(log, { maxLength: 2 }),
  some: fc.array(witness, { maxLength: 3 }),
  threshold: fc.integer({ min: 1, max: 3 }),
  grouped: fc.constantFrom("none", "one", "two"),
}).map(({ logs, some, threshold, grouped }) => {
  const witnesses = some.map(([key, at], i) => withUrl({ name: `w${i}`, key }, at));
  const members = witnesses.map(({ name }) => name);
  if (grouped === "none" || members.length === 0) {
    return { logs, witnesses, groups: [], quorum: members[0] ?? "none" };
  }
  const one = { name: "g", threshold: Math.min(threshold, members.length), members };
  if (grouped === "one") return { logs, witnesses, groups: [one], quorum: "g" };
  return {
    logs,
    witnesses,
    groups: [one, { name: "h", threshold: 1, members: ["g"] }],
    quorum: "h",
  };
});
