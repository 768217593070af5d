import { insurerPolicyRoutes as policies } from "../../../shared/api/routes/insurer-policies.ts";
import { insurerSetupRoutes as setup } from "../../../shared/api/routes/insurer-setup.ts";
import type { Endpoint } from "../../http/dispatch.ts";
import { cancel, endorse, issue } from "../policies.ts";
import { askImport, listImported, readImport } from "../policy-imports.ts";
import { putBands, putClocks, putPayments, readBands, readClocks, readPayments } from "../setup.ts";
import type { At } from "./at.ts";

/** Policies, one at a time and from a file, and what the insurer itself is set up with. */
export const policyEndpoints = (at: At): readonly Endpoint[] => [
  at(policies.issuePolicy, issue),
  at(policies.endorsePolicy, endorse),
  at(policies.cancelPolicy, cancel),
  at(policies.importPolicies, askImport),
  at(policies.readImport, readImport),
  at(policies.listImported, listImported),
  at(setup.readBands, readBands),
  at(setup.publishBands, putBands),
  at(setup.readPayments, readPayments),
  at(setup.publishPayments, putPayments),
  at(setup.readClocks, readClocks),
  at(setup.publishClocks, putClocks),
];
