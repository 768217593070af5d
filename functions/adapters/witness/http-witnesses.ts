import { Malformed } from "../../../shared/base/malformed.ts";
import type { PolicyWitness } from "../../../shared/log/policy.ts";
import { maxAnswerBytes, parseWitnessSize, sizeContentType } from "../../../shared/log/witness.ts";
import { Unavailable } from "../../../shared/ports/unavailable.ts";
import type { WitnessAnswer, Witnesses } from "../../../shared/ports/witnesses.ts";

/** Time for a witness to answer: Tessera's default is 1 s, litewitness allows itself 5 s. */
const defaultTimeoutMs = 2_000;

/** The witnesses of `policy` over HTTP: `POST <url>/add-checkpoint`, redirects not followed, at most 64 KiB of an answer read. */
export const httpWitnesses = (
  policy: Witnesses["policy"],
  timeoutMs = defaultTimeoutMs,
): Witnesses => ({
  policy,
  ask: async (witness, request) => {
    try {
      return answerOf(await send(witness, request, AbortSignal.timeout(timeoutMs)));
    } catch (error) {
      if (error instanceof Unavailable) throw error;
      const why = error instanceof Malformed ? "answers what is no answer" : "does not answer";
      throw new Unavailable(nameOf(witness), why, { cause: error });
    }
  },
});

const nameOf = ({ name }: PolicyWitness): string => `witness ${name}`;

async function send(
  witness: PolicyWitness,
  request: Uint8Array,
  signal: AbortSignal,
): Promise<{ status: number; type: string; body: Uint8Array }> {
  if (witness.url === undefined) throw new Unavailable(nameOf(witness), "has no URL");
  const response = await fetch(`${witness.url.replace(/\/$/, "")}/add-checkpoint`, {
    method: "POST",
    body: Uint8Array.from(request),
    headers: { "content-type": "text/plain; charset=utf-8" },
    redirect: "manual",
    signal,
  });
  const { status } = response;
  if (status === 429 || status >= 500) {
    await response.body?.cancel();
    throw new Unavailable(nameOf(witness), `answers ${status}`);
  }
  const type = response.headers.get("content-type") ?? "";
  return { status, type, body: await bounded(response) };
}

async function bounded({ body }: Response): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body ?? []) {
    size += chunk.length;
    if (size > maxAnswerBytes) throw new Malformed("answer", "is too long");
    chunks.push(chunk);
  }
  return new Uint8Array(Buffer.concat(chunks));
}

function answerOf({ status, type, body }: Awaited<ReturnType<typeof send>>): WitnessAnswer {
  if (status === 200) return { lines: body };
  if (status === 409 && type === sizeContentType) return { size: parseWitnessSize(body) };
  return { status };
}
