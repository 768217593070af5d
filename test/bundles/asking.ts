import { expect } from "@jest/globals";
import type { FunctionName } from "../../functions/needs.ts";
import { type Role, scopesOfRole } from "../../shared/api/role.ts";
import { routeNamed } from "../../shared/api/routes.ts";
import type { Account } from "./account.ts";
import { httpEvent, type Request, scheduledEvent, sqsEvent } from "./events.ts";

/** An answer of the API: its JSON, whatever it is. */
export interface Said {
  readonly status: number;
  readonly body: ReturnType<typeof JSON.parse>;
  readonly text: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Asks the functions of `account` by the events of their triggers. */
export function asking(account: Account) {
  const result = async (name: FunctionName, event: unknown) => {
    const outcome = await (await account.lambda(name)).invoke(event);
    if ("failed" in outcome) throw new Error(`${name}: ${outcome.failed}`);
    return outcome.result;
  };
  return {
    /** What a function answers to an event of no trigger: an operator's call. */
    result,
    /** A request that API Gateway hands to its route's audience, or to the function of what no route takes. */
    http: async (
      as: readonly [name: string, role: Role] | undefined,
      routeKey: string,
      request: Omit<Request, "routeKey" | "as"> = {},
    ): Promise<Said> => {
      const person = as && { sub: as[0], username: as[0], scopes: scopesOfRole[as[1]] };
      const name = (routeNamed(routeKey)?.audience ?? "unrouted") as FunctionName;
      const event = httpEvent({ routeKey, ...request, ...(person && { as: person }) });
      const { statusCode, headers, body, isBase64Encoded } = await result(name, event);
      const text = isBase64Encoded ? Buffer.from(body, "base64").toString("latin1") : (body ?? "");
      const isJson = /json/.test(headers["content-type"] ?? "");
      return { status: statusCode, body: isJson ? JSON.parse(text) : undefined, text, headers };
    },
    /** The minute's or the hour's schedule. */
    schedule: async (name: FunctionName): Promise<void> => {
      expect(await result(name, scheduledEvent())).toBeNull();
    },
    /** The messages that wait for a job, in one batch: there are some. Gives the logs they name. */
    wake: async (job: FunctionName): Promise<readonly string[]> => {
      const queue = `${job}.fifo`;
      const messages = account.take(queue);
      expect(messages.length).toBeGreaterThan(0);
      expect(await result(job, sqsEvent(queue, messages.slice(0, 10)))).toBeNull();
      return messages.map(({ body }) => body);
    },
    /** The last value of a metric that a function wrote. */
    metric: async (name: FunctionName, metric: string): Promise<number | undefined> => {
      const { lines } = await account.lambda(name);
      const line = lines.findLast((each) => each.includes(`"${metric}":`));
      return line === undefined ? undefined : JSON.parse(line)[metric];
    },
  };
}
export type Asking = ReturnType<typeof asking>;
