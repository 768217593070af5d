import { auditorRoutes as routes } from "../../shared/api/routes/auditor.ts";
import { dispatch } from "../http/dispatch.ts";
import type { Edge } from "../http/edge.ts";
import type { LambdaHandler } from "../http/event.ts";
import { rowEndpoint } from "../http/stack.ts";
import { askExport, readExport, readExportFile } from "./exports.ts";
import { discloseOpenings } from "./openings.ts";
import type { AuditorPorts } from "./ports.ts";
import { readSelfAudit } from "./verdict.ts";

/** The auditor's function over its ports: what AWS invokes and the local gateway calls. */
export const auditorEndpoints = (edge: Edge, ports: AuditorPorts): LambdaHandler =>
  dispatch([
    rowEndpoint(routes.askExport, edge, (request) => askExport(ports, request, edge.now())),
    rowEndpoint(routes.readExport, edge, (request) => readExport(ports, request, edge.now())),
    rowEndpoint(routes.readExportFile, edge, (request) =>
      readExportFile(ports, request, edge.now()),
    ),
    rowEndpoint(routes.discloseOpenings, edge, (request) =>
      discloseOpenings(ports, request, edge.now()),
    ),
    rowEndpoint(routes.readSelfAudit, edge, (request) => readSelfAudit(ports, request)),
  ]);
