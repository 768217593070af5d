import * as z from "zod";
import { assert, Malformed } from "../../../shared/base/malformed.ts";
import { endToEndIdOf } from "../../../shared/iso20022/identifiers.ts";
import type { BankMessage, OutgoingFile, Rail } from "../../../shared/ports/rail.ts";
import { Unavailable } from "../../../shared/ports/unavailable.ts";

/** Time for the bank to answer a request; until a message's last byte came, its reader has this long for each piece. */
const defaultTimeoutMs = 10_000;
const mostListBytes = 65_536;
const listSchema = z.strictObject({ messages: z.array(z.string().min(1).max(128)).max(1_000) });

/**
 * The rail of a bank that takes one payment at a time over HTTP, idempotent by EndToEndId: `PUT <url>/<insurer>/payments/<EndToEndId>` with the
 * pain.001's bytes is answered 202 once the bank will not forget it (the same bytes again: 202 again; others: 409). What becomes of it is asked
 * for: `GET <url>/<insurer>/messages` names them, `GET` and `DELETE …/messages/<name>` reads and acknowledges one.
 */
export function instantRail(url: string, timeoutMs = defaultTimeoutMs): Rail {
  const ask = async (method: string, path: string, body?: Uint8Array): Promise<Response> => {
    try {
      const signal = AbortSignal.timeout(timeoutMs);
      const sent = body ? { body: Uint8Array.from(body) } : {};
      const request = { method, redirect: "manual" as const, signal, ...sent };
      const response = await fetch(`${url}/${path}`, request);
      if (response.status === 429 || response.status >= 500) {
        await response.body?.cancel();
        throw new Unavailable("bank", `answers ${response.status}`);
      }
      return response;
    } catch (error) {
      if (error instanceof Unavailable) throw error;
      throw new Unavailable("bank", "does not answer", { cause: error });
    }
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
        if (response.status === 200 && response.body) yield { name, bytes: told(response.body) };
        else await response.body?.cancel();
      }
    },
    acknowledge: async (insurer, name) => {
      const { status, body } = await ask("DELETE", pathOf(insurer, "messages", name));
      await body?.cancel();
      if (status !== 204 && status !== 404) throw new Unavailable("bank", `answers ${status}`);
    },
  };
}

const pathOf = (...parts: readonly string[]): string => parts.map(encodeURIComponent).join("/");

/** The names of a list; one that is none is an outage of the bank's: nothing can be done about it here. */
async function namesIn(response: Response): Promise<readonly string[]> {
  try {
    if (response.status !== 200) throw new Malformed("messages", `answers ${response.status}`);
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of told(response.body)) {
      size += chunk.length;
      if (size > mostListBytes) throw new Malformed("messages", "is too long");
      chunks.push(chunk);
    }
    return listSchema.parse(JSON.parse(Buffer.concat(chunks).toString("utf8"))).messages;
  } catch (error) {
    await response.body?.cancel().catch(() => undefined);
    if (error instanceof Unavailable) throw error;
    throw new Unavailable("bank", "lists no messages", { cause: error });
  }
}

/** The pieces of a body; a connection that breaks in the middle is Unavailable. */
async function* told(body: Response["body"]): AsyncIterable<Uint8Array> {
  try {
    for await (const piece of body ?? []) yield piece;
  } catch (error) {
    throw new Unavailable("bank", "broke off", { cause: error });
  }
}
