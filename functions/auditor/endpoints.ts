import { auditorRoutes as routes } from "../../shared/api/routes/auditor.ts";
import { dispatch } from "../http/dispatch.ts";
import type { Edge } from "../http/edge.ts";
import type { LambdaHandler } from "../http/event.ts";
import { rowEndpoint } from "../http/stack.ts";
import type { AuditorPorts } from "./ports.ts";

/** What each row stands on is read when the first of its kind is asked for: commands by an export, encryption for a key of the auditor's by openings. */
const exports = () => import("./exports.ts");
const openings = () => import("./openings.ts");
const verdict = () => import("./verdict.ts");

/** The auditor's function over its ports: what AWS invokes and the local gateway calls. */
export const auditorEndpoints = (edge: Edge, ports: AuditorPorts): LambdaHandler =>
  dispatch([
    rowEndpoint(routes.askExport, edge, async (request) =>
      (await exports()).askExport(ports, request, edge.now()),
    ),
    rowEndpoint(routes.readExport, edge, async (request) =>
      (await exports()).readExport(ports, request, edge.now()),
    ),
    rowEndpoint(routes.readExportFile, edge, async (request) =>
      (await exports()).readExportFile(ports, request, edge.now()),
    ),
    rowEndpoint(routes.discloseOpenings, edge, async (request) =>
      (await openings()).discloseOpenings(ports, request, edge.now()),
    ),
    rowEndpoint(routes.readSelfAudit, edge, async (request) =>
      (await verdict()).readSelfAudit(ports, request),
    ),
  ]);
