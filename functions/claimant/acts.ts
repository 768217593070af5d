import type { Handle } from "../../shared/base/handle.ts";
import type { Instant } from "../../shared/base/instant.ts";
import type { Refusal } from "../../shared/base/refusal.ts";
import type { CommandPorts } from "../command/commit.ts";
import { type OwnStep, takeStep } from "../command/take-step.ts";
import { firstFound } from "../http/callers.ts";
import { commandReply, type ReplayedRefusal } from "../http/command-reply.ts";
import type { HttpRequest } from "../http/event.ts";
import type { HttpReply } from "../http/reply.ts";

/** `POST /claims/{id}/information`, `…/withdrawal` and `…/appeal`: a step of the caller's own claim. */
export const takeOwnStep = (
  commands: CommandPorts,
  step: OwnStep,
  { params, body, callers, asked }: HttpRequest<{ id: Handle }, { text?: string | undefined }>,
  now: Instant,
): Promise<HttpReply | Refusal | ReplayedRefusal> =>
  firstFound<HttpReply | ReplayedRefusal>(callers, async (caller) => {
    const taken = { step, text: body.text };
    return commandReply(
      caller.insurer,
      await takeStep(commands, caller, params.id, taken, asked, now),
    );
  });
