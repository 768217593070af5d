import { logFile } from "../../shared/api/log-path.ts";
import type { Refusal } from "../../shared/base/refusal.ts";
import type { ObjectStore } from "../../shared/ports/objects.ts";
import type { HttpRequest } from "../http/event.ts";
import type { HttpReply } from "../http/reply.ts";
import { publishedFile } from "./published.ts";

/** `GET /logs/{insurer}/tile/entries/{path+}`: an entry bundle, for an auditor of this insurer. */
export const readEntries = (
  published: ObjectStore,
  { params, header }: HttpRequest<{ insurer: string; path: string }, unknown>,
): Promise<HttpReply | Refusal> =>
  publishedFile(
    published,
    () => logFile(params.insurer, `tile/entries/${params.path}`),
    header("if-none-match"),
  );
