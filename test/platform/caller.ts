import { readTrust } from "../../local/bundle/trust.ts";
import { personToken } from "../../local/issuer/ask.ts";
import { type VerifiedReceipt, verifyReceipt } from "../../shared/proof/receipt.ts";
import type { Running } from "./running.ts";

/** An answer of the API; `json` is what a JSON body says. */
export interface Answer {
  readonly status: number;
  readonly text: string;
  readonly json: ReturnType<typeof JSON.parse>;
  readonly retryAfter: string | null;
}

/** A claim the API acknowledged. */
export interface Acknowledged {
  readonly key: string;
  readonly claim: string;
  readonly leafHash: string;
}

/** Amina, who is insured under the seed's policy, as a client of a running platform. */
export class Amina {
  readonly #policy: string;
  #token: Promise<string> | undefined;
  running: Running;

  constructor(running: Running) {
    this.running = running;
    this.#policy = /"policy":"([0-9a-f]{32})"/.exec(running.printed())?.[1] ?? "";
  }

  /** Goes on with the same platform started again: other ports, the same persons. */
  meet(running: Running): void {
    this.running = running;
    this.#token = undefined;
  }

  /** Her claim as she states it, for so many yuan. */
  claim(amount = "1.00"): Record<string, unknown> {
    return {
      insurer: "example-mutual",
      policy: this.#policy,
      event: "illness",
      lossDate: "2024-03-05",
      diagnosisDate: "2024-03-05",
      diagnoses: [{ system: "icd-10", code: "C50.9" }],
      lines: [{ service: "mutual aid benefit", claimed: { amount, currency: "CNY" } }],
      payee: { name: "Amina", account: "CN00AMINA0001" },
    };
  }

  async ask(method: string, path: string, headers: Record<string, string> = {}, body?: string) {
    this.#token ??= personToken(this.running.issuerUrl, "amina");
    const response = await fetch(`${this.running.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${await this.#token}`, ...headers },
      ...(body === undefined ? {} : { body }),
    });
    const text = await response.text();
    const json = /json/.test(response.headers.get("content-type") ?? "") ? JSON.parse(text) : null;
    const retryAfter = response.headers.get("retry-after");
    return { status: response.status, text, json, retryAfter } satisfies Answer;
  }

  send(body: string, key: string): Promise<Answer> {
    const headers = { "content-type": "application/json", "idempotency-key": key };
    return this.ask("POST", "/claims", headers, body);
  }

  /** Submits a claim that must be acknowledged. */
  async submit(key: string): Promise<Acknowledged> {
    const { status, text, json } = await this.send(JSON.stringify(this.claim()), key);
    if (status !== 201) throw new Error(`${status} ${text}`);
    return { key, claim: json.claim, leafHash: json.record.leafHash };
  }

  /** The claim's receipt, fetched now and verified offline; waits until the log covers it. */
  async receipt({ leafHash }: Acknowledged): Promise<VerifiedReceipt> {
    const until = Date.now() + 120_000;
    for (;;) {
      const answer = await this.ask("GET", `/records/${leafHash}/receipt`, { prefer: "wait=10" });
      if (answer.status === 200) return this.verify(answer.text);
      if (Date.now() > until || answer.status !== 202) {
        throw new Error(`no receipt: ${answer.status} ${answer.text}`);
      }
    }
  }

  verify(receipt: string): VerifiedReceipt {
    const { policy, requirements } = readTrust(this.running.policyFile);
    const verified = verifyReceipt(Buffer.from(receipt), policy, requirements);
    if ("refused" in verified) throw new Error(`${verified.refused}: ${verified.detail}`);
    return verified;
  }
}
