import { claimantTable as routes } from "../../shared/api/routes/claimant-table.ts";
import type { ClaimsPort } from "../../shared/ports/claims.ts";
import type { CommandPorts } from "../command/commit.ts";
import { dispatch, type Endpoint } from "../http/dispatch.ts";
import type { Edge } from "../http/edge.ts";
import type { LambdaHandler } from "../http/event.ts";
import { rowEndpoint } from "../http/stack.ts";
import { takeOwnStep } from "./acts.ts";
import { listReceipts, readClaim } from "./core.ts";
import {
  confirmEvidence,
  declareEvidence,
  type EvidencePorts,
  listEvidence,
  readEvidence,
} from "./evidence.ts";
import { listClaims, listPolicies, readPolicy } from "./lists.ts";
import { askErasure, exportMine } from "./me.ts";
import { readReceipt } from "./receipt.ts";
import { submitClaim } from "./submit.ts";
import type { Pause } from "./wait.ts";

/** What the endpoints of one claim work with besides the edge. */
export interface ClaimPorts {
  readonly claims: ClaimsPort;
  readonly pause: Pause;
}

/** What the claimant's function works with besides the edge. */
export interface ClaimantPorts extends ClaimPorts, EvidencePorts {}

/** The claimant's function over its ports: what AWS invokes and the local gateway calls. */
export const claimantEndpoints = (edge: Edge, ports: ClaimantPorts): LambdaHandler =>
  dispatch([
    ...claimEndpoints(edge, ports),
    ...actEndpoints(edge, ports.commands),
    ...evidenceEndpoints(edge, ports),
    ...ownEndpoints(edge, ports.commands),
  ]);

/** Submitting and reading one claim. */
export const claimEndpoints = (edge: Edge, { claims, pause }: ClaimPorts): readonly Endpoint[] => [
  rowEndpoint(routes.submitClaim, edge, (request) =>
    submitClaim(claims, request, edge.now(), { wake: edge.wake, pause }),
  ),
  rowEndpoint(routes.readClaim, edge, (request) => readClaim(claims, request)),
  rowEndpoint(routes.listReceipts, edge, (request) => listReceipts(claims, request)),
  rowEndpoint(routes.readReceipt, edge, (request) => readReceipt(claims, request, pause)),
];

/** What a person does to a claim of their own. */
const actEndpoints = (edge: Edge, commands: CommandPorts): readonly Endpoint[] => [
  rowEndpoint(routes.answerInformation, edge, (request) =>
    takeOwnStep(commands, "answer-information", request, edge.now()),
  ),
  rowEndpoint(routes.withdrawClaim, edge, (request) =>
    takeOwnStep(commands, "withdraw", request, edge.now()),
  ),
  rowEndpoint(routes.appealClaim, edge, (request) =>
    takeOwnStep(commands, "appeal", request, edge.now()),
  ),
];

/** Documents of claims. */
const evidenceEndpoints = (edge: Edge, ports: EvidencePorts): readonly Endpoint[] => [
  rowEndpoint(routes.declareEvidence, edge, (request) =>
    declareEvidence(ports, request, edge.now()),
  ),
  rowEndpoint(routes.confirmEvidence, edge, (request) =>
    confirmEvidence(ports, request, edge.now()),
  ),
  rowEndpoint(routes.listEvidence, edge, (request) => listEvidence(ports, request)),
  rowEndpoint(routes.readEvidence, edge, (request) => readEvidence(ports, request)),
];

/** Lists of the caller's own. */
const ownEndpoints = (edge: Edge, commands: CommandPorts): readonly Endpoint[] => [
  rowEndpoint(routes.listClaims, edge, (request) => listClaims(commands, request)),
  rowEndpoint(routes.listPolicies, edge, (request) => listPolicies(commands, request)),
  rowEndpoint(routes.exportOwn, edge, (request) => exportMine(commands, request)),
  rowEndpoint(routes.askErasure, edge, (request) => askErasure(commands, request, edge.now())),
  rowEndpoint(routes.readPolicy, edge, (request) => readPolicy(commands, request)),
];
