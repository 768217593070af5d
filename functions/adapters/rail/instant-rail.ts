import * as z from "zod";
import { assert, Malformed } from "../../../shared/base/malformed.ts";
import { endToEndIdOf } from "../../../shared/iso20022/identifiers.ts";
import type { BankMessage, OutgoingFile, Rail } from "../../../shared/ports/rail.ts";
import { Unavailable } from "../../../shared/ports/unavailable.ts";

/** Time for the bank to begin its answer, and for each further piece of it. */
const defaultTimeoutMs = 10_000;
const mostListBytes = 1_048_576;
/** Names that are taken from one list: the next one has the rest. */
const mostNames = 1_000;
const listSchema = z.object({ messages: z.array(z.string().min(1).max(128)) });

/**
 * The rail of a bank that takes one payment at a time over HTTP, idempotent by EndToEndId: `PUT <url>/<insurer>/payments/<EndToEndId>` with the
 * pain.001's bytes is answered 202 once the bank will not forget it (the same bytes again: 202 again; others: 409). What becomes of it is asked
 * for: `GET <url>/<insurer>/messages` names them, `GET` and `DELETE …/messages/<name>` reads and acknowledges one.
 */
export function instantRail(url: string, timeoutMs = defaultTimeoutMs): Rail {
  const ask = async (method: string, path: string, body?: Uint8Array): Promise<Answer> => {
    const patience = new Patience(timeoutMs);
    try {
      const sent = body ? { body: Uint8Array.from(body) } : {};
      const request = { method, redirect: "manual" as const, signal: patience.signal, ...sent };
      const response = await fetch(`${url}/${path}`, request);
      if (response.status === 429 || response.status >= 500) {
        await response.body?.cancel();
        throw new Unavailable("bank", `answers ${response.status}`);
      }
      return { status: response.status, body: response.body, patience };
    } catch (error) {
      if (error instanceof Unavailable) throw error;
      throw new Unavailable("bank", "does not answer", { cause: error });
    } finally {
      patience.rest();
    }
  };
  const acknowledge = async (insurer: string, name: string): Promise<void> => {
    const { status, body } = await ask("DELETE", pathOf(insurer, "messages", name));
    await body?.cancel();
    if (status !== 204 && status !== 404) throw new Unavailable("bank", `answers ${status}`);
  };
  return {
    mostPayments: 1,
    send: async (insurer, { payouts, bytes }: OutgoingFile) => {
      const [payout] = payouts;
      assert(payout !== undefined && payouts.length === 1, "an instant payment goes alone");
      const { status, body } = await ask(
        "PUT",
        pathOf(insurer, "payments", endToEndIdOf(payout)),
        bytes,
      );
      await body?.cancel();
      if (status === 202) return "sent";
      if (status === 409) return "conflict";
      throw new Unavailable("bank", `answers ${status}`);
    },
    async *messages(insurer): AsyncIterable<BankMessage> {
      for (const name of await namesIn(await ask("GET", pathOf(insurer, "messages")))) {
        const response = await ask("GET", pathOf(insurer, "messages", name));
        if (response.status === 200 && response.body) yield { name, bytes: told(response) };
        else await response.body?.cancel();
      }
    },
    acknowledge,
    // The bank keeps what it sent.
    setAside: acknowledge,
  };
}

const pathOf = (...parts: readonly string[]): string => parts.map(encodeURIComponent).join("/");

interface Answer {
  readonly status: number;
  readonly body: Response["body"];
  readonly patience: Patience;
}

/** Ends a request that says nothing for `timeoutMs`. */
class Patience {
  readonly #controller = new AbortController();
  readonly #timeoutMs: number;
  #timer: NodeJS.Timeout | undefined;

  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs;
    this.begin();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  begin(): void {
    this.rest();
    this.#timer = setTimeout(() => this.#controller.abort(), this.#timeoutMs);
  }

  rest(): void {
    clearTimeout(this.#timer);
  }
}

/** The first names of a list; one that is none is an outage of the bank's: nothing can be done about it here. */
async function namesIn(answer: Answer): Promise<readonly string[]> {
  try {
    if (answer.status !== 200) throw new Malformed("messages", `answers ${answer.status}`);
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of told(answer)) {
      size += chunk.length;
      if (size > mostListBytes) throw new Malformed("messages", "is too long");
      chunks.push(chunk);
    }
    const list = listSchema.parse(JSON.parse(Buffer.concat(chunks).toString("utf8")));
    return list.messages.slice(0, mostNames);
  } catch (error) {
    await answer.body?.cancel().catch(() => undefined);
    if (error instanceof Unavailable) throw error;
    throw new Unavailable("bank", "lists no messages", { cause: error });
  }
}

/** The pieces of a body; a connection that breaks in the middle, or falls silent, is Unavailable. Time that the reader takes is not the bank's. */
async function* told({ body, patience }: Answer): AsyncIterable<Uint8Array> {
  try {
    patience.begin();
    for await (const piece of body ?? []) {
      patience.rest();
      yield piece;
      patience.begin();
    }
  } catch (error) {
    throw new Unavailable("bank", "broke off", { cause: error });
  } finally {
    patience.rest();
  }
}
