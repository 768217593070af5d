import * as z from "zod";
import type { Payee } from "../../../shared/claim/submission.ts";
import { Unavailable } from "../../../shared/ports/unavailable.ts";
import type { Screening } from "../../payouts/screening.ts";
import { openSecret } from "../secret.ts";

/** Time for the provider to answer. */
const defaultTimeoutMs = 10_000;
const mostAnswerBytes = 65_536;
const answerSchema = z.object({
  list: z.string().min(1).max(120),
  result: z.enum(["clear", "hit"]),
});

/**
 * A screening provider over HTTPS: `POST url` with `{"name", "account"}` and the token as Bearer is answered 200 with `{"list", "result": "clear" | "hit"}`, where `list` names the list and its
 * version. Whoever speaks another protocol stands behind a small service of yours that speaks this one. Any other answer, none in time, one above 64 KiB, or no token throws Unavailable, and a payout of
 * which nobody can say is held.
 */
export function httpScreening(
  url: string,
  token: () => Promise<string>,
  timeoutMs = defaultTimeoutMs,
): Screening {
  return async ({ name, account }: Payee) => {
    const body = JSON.stringify({ name, account });
    const headers = {
      authorization: `Bearer ${await readable(token)}`,
      "content-type": "application/json",
    };
    const signal = AbortSignal.timeout(timeoutMs);
    try {
      const response = await fetch(url, {
        method: "POST",
        redirect: "error",
        headers,
        body,
        signal,
      });
      if (response.status !== 200) {
        await response.body?.cancel();
        throw new Unavailable("screening", `answers ${response.status}`);
      }
      return answerSchema.parse(JSON.parse(await textOf(response)));
    } catch (error) {
      if (error instanceof Unavailable) throw error;
      throw new Unavailable("screening", "gives no answer that can be read", { cause: error });
    }
  };
}

/** The token; a secret that is empty, gone or closed to us is an outage of the screening, as any other. */
async function readable(token: () => Promise<string>): Promise<string> {
  try {
    return await token();
  } catch (error) {
    throw new Unavailable("screening", "its secret can't be read", { cause: error });
  }
}

async function textOf(response: Response): Promise<string> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of response.body ?? []) {
    bytes += piece.byteLength;
    if (bytes > mostAnswerBytes) throw new Unavailable("screening", "answers too much");
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString("utf8");
}

/** {@link httpScreening} in a Lambda function; undefined where the URL is `none`: nobody is configured to ask. */
export const openScreening = (env: {
  readonly SCREENING_URL: string;
  readonly SCREENING_SECRET: string;
}): Screening | undefined =>
  env.SCREENING_URL === "none"
    ? undefined
    : httpScreening(env.SCREENING_URL, openSecret(env.SCREENING_SECRET));
