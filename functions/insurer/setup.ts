import type * as z from "zod";
import { recordedSchema } from "../../shared/api/committed.ts";
import { keptJson } from "../../shared/api/committed-reply.ts";
import { etagOf } from "../../shared/api/etag.ts";
import {
  bandsInForceSchema,
  clocksInForceSchema,
  paymentsInForceSchema,
} from "../../shared/api/routes/insurer-setup.ts";
import { type Act, personOf } from "../../shared/base/actor.ts";
import type { DomainEvent, Seen } from "../../shared/base/event.ts";
import type { Instant } from "../../shared/base/instant.ts";
import { isRefusal, type Refusal, refuse } from "../../shared/base/refusal.ts";
import { publishClocks } from "../../shared/policy/clocks.ts";
import {
  type Bands,
  type Clocks,
  type InsurerState,
  publishBands,
} from "../../shared/policy/insurer.ts";
import { type Payments, publishPayments } from "../../shared/policy/payments.ts";
import { insurerState } from "../command/insurer-state.ts";
import { perform, refuseStale } from "../command/perform.ts";
import { recordedOf } from "../command/recorded.ts";
import { callerOf } from "../http/callers.ts";
import { commandReply, type ReplayedRefusal } from "../http/command-reply.ts";
import type { HttpRequest } from "../http/event.ts";
import { type HttpReply, jsonReply } from "../http/reply.ts";
import type { InsurerPorts } from "./ports.ts";

/** One of the things an insurer publishes of itself. */
interface Kind<Body, View extends { readonly version: bigint }> {
  readonly schema: z.ZodType<View>;
  /** What is in force; undefined before the first. */
  readonly inForce: (state: InsurerState) => View | undefined;
  readonly publish: (insurer: Seen<InsurerState>, body: Body, act: Act) => DomainEvent | Refusal;
}

const bands: Kind<Bands, z.output<typeof bandsInForceSchema>> = {
  schema: bandsInForceSchema,
  inForce: ({ currency, bands, bandsVersion: version }) =>
    version === 0n ? undefined : { currency, bands: [...bands], version },
  publish: publishBands,
};
const payments: Kind<Payments, z.output<typeof paymentsInForceSchema>> = {
  schema: paymentsInForceSchema,
  inForce: ({ currency, payments }) => {
    if (!payments) return undefined;
    const { interest, expense, "ex-gratia": exGratia } = payments.heads;
    const heads = {
      interest: [...interest],
      expense: [...expense],
      "ex-gratia": [...exGratia],
    };
    return { ...payments, currency, heads };
  },
  publish: publishPayments,
};
const clocks: Kind<Clocks, z.output<typeof clocksInForceSchema>> = {
  schema: clocksInForceSchema,
  inForce: ({ clocks }) => clocks,
  publish: publishClocks,
};

/** Shows what is in force; not-found before the first, with the tag `"0"` that publishing the first names. */
const reading =
  <Body, View extends { readonly version: bigint }>({ schema, inForce }: Kind<Body, View>) =>
  async (
    ports: InsurerPorts,
    { callers }: HttpRequest<unknown, unknown>,
  ): Promise<HttpReply | Refusal> => {
    const state = await insurerState(ports, callerOf(callers).insurer);
    const view = state && inForce(state);
    if (!view) return refuse("not-found", 'Nothing is published yet: publish with If-Match "0".');
    return jsonReply(schema, view, { etag: etagOf(view.version) });
  };

/** A person publishes what holds from now on; If-Match names the version of the record that is in force. */
const publishing =
  <Body, View extends { readonly version: bigint }>({ inForce, publish }: Kind<Body, View>) =>
  async (
    ports: InsurerPorts,
    { callers, body, asked }: HttpRequest<unknown, Body>,
    now: Instant,
  ): Promise<HttpReply | Refusal | ReplayedRefusal> => {
    const caller = callerOf(callers);
    const reply = await perform(ports, caller, asked, now, async (transaction, act) => {
      const insurer = await transaction.insurer();
      const stale = refuseStale(asked, inForce(insurer.state)?.version ?? 0n);
      if (stale) return stale;
      if (!personOf(act)) {
        return refuse("person-required", "A person publishes what an insurer goes by.");
      }
      const event = publish(insurer, body, act);
      if (isRefusal(event)) return event;
      const appended = await transaction.append(event, act);
      const result = recordedOf(appended);
      const headers = { status: 200, etag: etagOf(appended.record.version) };
      return { result, reply: keptJson(recordedSchema, result, headers), about: caller.person };
    });
    return commandReply(caller.insurer, reply);
  };

export const readBands = reading(bands);
export const putBands = publishing(bands);
export const readPayments = reading(payments);
export const putPayments = publishing(payments);
export const readClocks = reading(clocks);
export const putClocks = publishing(clocks);
