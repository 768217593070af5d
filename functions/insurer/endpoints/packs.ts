import { insurerPackRoutes as routes } from "../../../shared/api/routes/insurer-packs.ts";
import type { Endpoint } from "../../http/dispatch.ts";
import { listDrafts, listPacks, readPack, writeDraft } from "../packs.ts";
import { askShadow, listShadowed, readShadow } from "../shadows.ts";
import type { At } from "./at.ts";

/** What checks a draft is read, and the rule engine with it, when the first draft is asked for. */
const checkedDrafts = () => import("../checked-drafts.ts");

/** Rule packs, drafts of them, and what a draft would have decided. */
export const packEndpoints = (at: At): readonly Endpoint[] => [
  at(routes.listPacks, listPacks),
  at(routes.readPack, readPack),
  at(routes.writeDraft, writeDraft),
  at(routes.listDrafts, listDrafts),
  at(routes.readDraft, async (ports, request) => (await checkedDrafts()).readDraft(ports, request)),
  at(routes.publishDraft, async (...asked) => (await checkedDrafts()).publishDraft(...asked)),
  at(routes.shadowDraft, askShadow),
  at(routes.readShadow, readShadow),
  at(routes.listShadowed, listShadowed),
];
