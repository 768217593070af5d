import { Unavailable } from "../../shared/ports/unavailable.ts";

const limitMs = 10_000;
const tries = 3;

/** Puts a custom resource's answer at the signed URL that CloudFormation gave; without a content type, for the signature has none. Throws Unavailable. */
export async function putOutcome(url: string, body: string): Promise<void> {
  for (let n = 1; ; n++) {
    const request = { method: "PUT", body, headers: { "content-type": "" } };
    const answer = await fetch(url, { ...request, signal: AbortSignal.timeout(limitMs) }).catch(
      (cause: unknown) => new Unavailable("cloudformation", "did not answer", { cause }),
    );
    if (answer instanceof Response && answer.ok) return;
    if (n < tries) continue;
    if (answer instanceof Unavailable) throw answer;
    throw new Unavailable("cloudformation", `answered ${answer.status}`);
  }
}
