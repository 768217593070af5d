import { claimActRoutes as claimActs } from "../../shared/api/routes/claim-acts.ts";
import { evidenceRoutes as evidence } from "../../shared/api/routes/evidence.ts";
import { meRoutes as me } from "../../shared/api/routes/me.ts";
import { ownRoutes as own } from "../../shared/api/routes/own.ts";
import type { CommandPorts } from "../command/commit.ts";
import type { Endpoint } from "../http/dispatch.ts";
import type { Edge } from "../http/edge.ts";
import { rowEndpoint } from "../http/stack.ts";
import { takeOwnStep } from "./acts.ts";
import {
  confirmEvidence,
  declareEvidence,
  type EvidencePorts,
  listEvidence,
  readEvidence,
} from "./evidence.ts";
import { listClaims, listPolicies, readPolicy } from "./lists.ts";
import { askErasure, exportMine } from "./me.ts";

/** What claimants do beside submitting and reading a claim: acts on their own, its documents, lists of what is theirs, their data. */
export const ownEndpoints = (edge: Edge, ports: EvidencePorts): readonly Endpoint[] => [
  ...actEndpoints(edge, ports.commands),
  ...evidenceEndpoints(edge, ports),
  ...dataEndpoints(edge, ports.commands),
];

/** What a person does to a claim of their own. */
const actEndpoints = (edge: Edge, commands: CommandPorts): readonly Endpoint[] => [
  rowEndpoint(claimActs.answerInformation, edge, (request) =>
    takeOwnStep(commands, "answer-information", request, edge.now()),
  ),
  rowEndpoint(claimActs.withdrawClaim, edge, (request) =>
    takeOwnStep(commands, "withdraw", request, edge.now()),
  ),
  rowEndpoint(claimActs.appealClaim, edge, (request) =>
    takeOwnStep(commands, "appeal", request, edge.now()),
  ),
];

/** Documents of claims. */
const evidenceEndpoints = (edge: Edge, ports: EvidencePorts): readonly Endpoint[] => [
  rowEndpoint(evidence.declareEvidence, edge, (request) =>
    declareEvidence(ports, request, edge.now()),
  ),
  rowEndpoint(evidence.confirmEvidence, edge, (request) =>
    confirmEvidence(ports, request, edge.now()),
  ),
  rowEndpoint(evidence.listEvidence, edge, (request) => listEvidence(ports, request)),
  rowEndpoint(evidence.readEvidence, edge, (request) => readEvidence(ports, request)),
];

/** Lists of the caller's own, and all of their data. */
const dataEndpoints = (edge: Edge, commands: CommandPorts): readonly Endpoint[] => [
  rowEndpoint(own.listClaims, edge, (request) => listClaims(commands, request)),
  rowEndpoint(own.listPolicies, edge, (request) => listPolicies(commands, request)),
  rowEndpoint(me.exportOwn, edge, (request) => exportMine(commands, request)),
  rowEndpoint(me.askErasure, edge, (request) => askErasure(commands, request, edge.now())),
  rowEndpoint(own.readPolicy, edge, (request) => readPolicy(commands, request)),
];
