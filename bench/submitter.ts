import { randomUUID } from "node:crypto";
import { performance } from "node:perf_hooks";
import type { Client } from "./load.ts";
import type { RunningPlatform } from "./running-platform.ts";

/** An insurer's intake that submits claims for many persons. */
export interface Submitter {
  /** One claim for each person: then everybody's data keys are at hand. */
  warm(): Promise<void>;
  submit(index: number): Promise<void>;
  /** Submits; `receipt` waits for the signed receipt and gives the milliseconds since the submission began. */
  submitted(index: number): Promise<{ receipt(): Promise<number> }>;
  body(index: number): string;
  /** How long the last acknowledgement was. */
  replyBytes(): number;
}

const persons = Array.from({ length: 256 }, (_, n) => n.toString(16).padStart(32, "0"));
const insurer = "example-mutual";

const bodyFor = (person: string): string =>
  JSON.stringify({
    insurer,
    onBehalfOf: person,
    event: "illness",
    lossDate: "2024-03-05",
    diagnosisDate: "2024-03-05",
    diagnoses: [{ system: "icd-10", code: "C50.9" }],
    lines: [{ service: "visit", claimed: { amount: "120.00", currency: "CNY" } }],
    payee: { name: "Clinic", account: "CN00CLINIC0001" },
  });

/** Over `client`, each claim under an Idempotency-Key of its own. */
export function submitter(client: Client, { url, token }: RunningPlatform): Submitter {
  const authorization = `Bearer ${token}`;
  const bodies = persons.map(bodyFor);
  const body = (index: number): string => bodies[index % bodies.length] ?? "";
  let replyBytes = 0;
  const send = async (index: number): Promise<string> => {
    const answer = await client.post(
      `${url}/claims`,
      { authorization, "content-type": "application/json", "idempotency-key": randomUUID() },
      body(index),
    );
    if (answer.status !== 201) throw new Error(`POST /claims: ${answer.status} ${answer.body}`);
    replyBytes = Buffer.byteLength(answer.body);
    return answer.body;
  };
  return {
    warm: async () => {
      for (let index = 0; index < persons.length; index++) await send(index);
    },
    submit: async (index) => {
      await send(index);
    },
    submitted: async (index) => {
      const startMs = performance.now();
      const { record } = JSON.parse(await send(index)) as { record: { leafHash: string } };
      const path = `${url}/records/${record.leafHash}/receipt`;
      return {
        receipt: async () => {
          for (;;) {
            const { status } = await client.get(path, { authorization, prefer: "wait=10" });
            if (status === 200) return performance.now() - startMs;
            if (status !== 202) throw new Error(`receipt: ${status}`);
          }
        },
      };
    },
    body,
    replyBytes: () => replyBytes,
  };
}
