import { statementsOf } from "./findings.ts";
import type { Resources } from "./synthesised.ts";

/** The target of functions/needs.ts, or the key, queue or log group of lib/implied.ts, that a resource of a statement is, by how the stacks call it. The first that fits. */
const places: readonly (readonly [RegExp, string])[] = [
  [/FoundationDatabaseCluster/, "database"],
  [/FoundationDataKey/, "dataKey"],
  [/StoresObjectsKey/, "objectsKey"],
  [/"StateKey|signer-state/, "stateKey"],
  [/SigningKeysEd25519|alias\\?\/[a-z-]+\/ed25519-/, "ed25519Key"],
  [/SigningKeysMlDsa44|alias\\?\/[a-z-]+\/mldsa44-/, "mldsa44Key"],
  [/BucketsState|:s3:::countersign-[a-z]+-signer-/, "signerState"],
  [/ClaimEventsBus/, "eventBus"],
  [/ScreeningTokenSecret/, "screeningToken"],
  [/FailedCalls/, "failedCalls"],
  [/Logs[0-9A-F]{8}"/, "logs"],
];

function placeOf(action: string, resource: unknown, condition: unknown): string {
  const text = `${JSON.stringify(resource)} ${JSON.stringify(condition)}`;
  const [, bucket] = /StoresBuckets([A-Z][A-Za-z]+?)[0-9A-F]{8}/.exec(text) ?? [];
  const objects = /\/\*"/.test(text) && action.startsWith("s3:") ? "/*" : "";
  if (bucket !== undefined) return `${bucket[0]?.toLowerCase()}${bucket.slice(1)}${objects}`;
  const known = places.find(([pattern]) => pattern.test(text))?.[1];
  if (action.startsWith("xray:") && resource === "*") return "traces";
  if (known !== undefined) return `${known}${objects}`;
  if (!action.startsWith("sqs:")) return text;
  return action === "sqs:SendMessage" ? "nudges" : "queue";
}

/** What a role may do and on what, a line each, sorted; a resource that nobody named here stands as it is written. */
export const pairsOf = (resources: Resources, rolePath: string): string[] => {
  const pairs = statementsOf(resources, rolePath).flatMap(({ Action, Resource, Condition }) =>
    [Action]
      .flat()
      .flatMap((action) =>
        [Resource].flat().map((one) => `${action} ${placeOf(String(action), one, Condition)}`),
      ),
  );
  return [...new Set(pairs)].sort();
};
