import type { Route } from "../../shared/api/route.ts";
import { insurerTable as routes } from "../../shared/api/routes/insurer-table.ts";
import type { Instant } from "../../shared/base/instant.ts";
import type { DecisionsPort } from "../../shared/ports/claims.ts";
import { dispatch, type Endpoint } from "../http/dispatch.ts";
import type { Edge } from "../http/edge.ts";
import type { HttpRequest, LambdaHandler } from "../http/event.ts";
import { type Respond, rowEndpoint } from "../http/stack.ts";
import { listBreaks, listOrders, listReconciliations, orderRelease } from "./bank.ts";
import { assign, putPayee, reserve, stepping } from "./claims.ts";
import { decideClaim, readLetter } from "./core.ts";
import { listDrafts, listPacks, publishDraft, readDraft, readPack, writeDraft } from "./packs.ts";
import { listPayouts, readPayout } from "./payout-reading.ts";
import { approve, closeOne, propose, recover, reissue, stop, voidOne } from "./payouts.ts";
import { cancel, endorse, issue } from "./policies.ts";
import { askImport, listImported, readImport } from "./policy-imports.ts";
import type { InsurerPorts } from "./ports.ts";
import { listQueue } from "./queue.ts";
import { putBands, putClocks, putPayments, readBands, readClocks, readPayments } from "./setup.ts";
import { askShadow, listShadowed, readShadow } from "./shadows.ts";

/** Decisions and their letters stand on the decisions port alone. */
export const decisionEndpoints = (edge: Edge, decisions: DecisionsPort): readonly Endpoint[] => [
  rowEndpoint(routes.decideClaim, edge, (request) => decideClaim(decisions, request, edge.now())),
  rowEndpoint(routes.readLetter, edge, (request) => readLetter(decisions, request)),
];

/** The insurer's function over its ports: what AWS invokes and the local gateway calls. */
export function insurerEndpoints(
  edge: Edge,
  decisions: DecisionsPort,
  ports: InsurerPorts,
): LambdaHandler {
  const at = <Params, Body, Query>(
    row: Route<Params, Body, Query>,
    core: (
      ports: InsurerPorts,
      request: HttpRequest<Params, Body, Query>,
      now: Instant,
    ) => ReturnType<Respond<Params, Body, Query>>,
  ): Endpoint => rowEndpoint(row, edge, (request) => core(ports, request, edge.now()));
  return dispatch([
    ...decisionEndpoints(edge, decisions),
    at(routes.listQueue, listQueue),
    at(routes.assignClaim, assign),
    at(routes.acknowledgeClaim, stepping("acknowledge")),
    at(routes.requestInformation, stepping("request-information")),
    at(routes.reopenClaim, stepping("reopen")),
    at(routes.closeClaim, stepping("close")),
    at(routes.reserveClaim, reserve),
    at(routes.changePayee, putPayee),
    at(routes.listPayouts, listPayouts),
    at(routes.readPayout, readPayout),
    at(routes.proposePayout, propose),
    at(routes.approvePayout, approve),
    at(routes.stopPayout, stop),
    at(routes.voidPayout, voidOne),
    at(routes.reissuePayout, reissue),
    at(routes.recoverPayout, recover),
    at(routes.closeBreak, closeOne),
    at(routes.orderRelease, orderRelease),
    at(routes.listReleaseOrders, listOrders),
    at(routes.listBreaks, listBreaks),
    at(routes.listReconciliations, listReconciliations),
    at(routes.listPacks, listPacks),
    at(routes.readPack, readPack),
    at(routes.writeDraft, writeDraft),
    at(routes.listDrafts, listDrafts),
    at(routes.readDraft, readDraft),
    at(routes.publishDraft, publishDraft),
    at(routes.shadowDraft, askShadow),
    at(routes.readShadow, readShadow),
    at(routes.listShadowed, listShadowed),
    at(routes.issuePolicy, issue),
    at(routes.endorsePolicy, endorse),
    at(routes.cancelPolicy, cancel),
    at(routes.importPolicies, askImport),
    at(routes.readImport, readImport),
    at(routes.listImported, listImported),
    at(routes.readBands, readBands),
    at(routes.publishBands, putBands),
    at(routes.readPayments, readPayments),
    at(routes.publishPayments, putPayments),
    at(routes.readClocks, readClocks),
    at(routes.publishClocks, putClocks),
  ]);
}
