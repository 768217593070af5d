import { lazily } from "../../shared/base/lazily.ts";
import type { DecisionsPort } from "../../shared/ports/claims.ts";
import { dispatch, type Endpoint } from "../http/dispatch.ts";
import type { Edge } from "../http/edge.ts";
import type { LambdaHandler } from "../http/event.ts";
import { type At, atOf } from "./endpoints/at.ts";
import type { InsurerPorts } from "./ports.ts";

type Read = (at: At, edge: Edge, decisions: DecisionsPort) => Promise<readonly Endpoint[]>;

/** The groups that the insurer's rows are in, by their paths: the first that fits. Each is read when the first of its rows is asked for, so that a cold start pays for one. */
const groups: readonly (readonly [RegExp, Read])[] = [
  [
    /\/(payouts|release-orders|breaks|reconciliations)\b/,
    async (at) => (await import("./endpoints/payouts.ts")).payoutEndpoints(at),
  ],
  [/\/(packs|drafts)\b/, async (at) => (await import("./endpoints/packs.ts")).packEndpoints(at)],
  [
    /\/(policies|policy-imports|bands|payments|clocks)\b/,
    async (at) => (await import("./endpoints/policies.ts")).policyEndpoints(at),
  ],
  [
    /./,
    async (at, edge, decisions) => {
      const { claimEndpoints, decisionEndpoints } = await import("./endpoints/claims.ts");
      return [...decisionEndpoints(edge, decisions), ...claimEndpoints(at)];
    },
  ],
];

/** The insurer's function over its ports: what AWS invokes and the local gateway calls. */
export function insurerEndpoints(
  edge: Edge,
  decisions: DecisionsPort,
  ports: InsurerPorts,
): LambdaHandler {
  const at = atOf(edge, ports);
  const known = groups.map(
    ([path, read]) =>
      [path, lazily(async () => dispatch(await read(at, edge, decisions)))] as const,
  );
  return async (event, context) => {
    const [, group] = known.find(([path]) => path.test(event.routeKey)) ?? [];
    if (group === undefined) throw new Error("bug: the last group takes every path");
    return (await group())(event, context);
  };
}
