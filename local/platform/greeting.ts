import { join } from "node:path";
import { personClient } from "../issuer/token.ts";
import type { Platform } from "./start.ts";

const quoted = (path: string): string => `'${path.replaceAll("'", "'\\''")}'`;

/** What `npm start` prints: where things are, and three lines that work as pasted in the project's folder. */
export function greeting(
  { url, issuerUrl, insurer, seed, policyFile }: Platform,
  folder: string,
): string {
  const claim = JSON.stringify({
    insurer,
    policy: seed.policy,
    event: "illness",
    lossDate: "2024-03-05",
    diagnosisDate: "2024-03-05",
    diagnoses: [{ system: "icd-10", code: "C50.9" }],
    lines: [{ service: "mutual aid benefit", claimed: { amount: "300000.00", currency: "CNY" } }],
    payee: { name: "Example Payee", account: "CN00EXAMPLE0001" },
  });
  const reply = quoted(join(folder, "claim.json"));
  const receipt = quoted(join(folder, "claim.tlog-proof"));
  return `
Countersign is running. Ctrl-C stops it.

  API           ${url}
  receipt page  ${url}/verify
  tokens        ${issuerUrl}/token   (amina: claimant · bruno, dora: adjusters · rita: releaser · ulla: underwriter · olga: operator · carla: auditor · clinic: intake machine)
  its secret    ${join(folder, "issuer", "clinic.secret")}   (for clinic: grant_type=client_credentials, client_id and client_secret)
  trust policy  ${policyFile}

Paste these, one after another, in another terminal in this folder:

  1. a token
TOKEN=$(curl -s ${issuerUrl}/token -d grant_type=password -d client_id=${personClient} -d username=amina | sed 's/.*"access_token":"\\([^"]*\\)".*/\\1/')

  2. a claim
curl -s ${url}/claims -H "authorization: Bearer $TOKEN" -H 'content-type: application/json' -H "idempotency-key: $(date +%s)-$$" -d '${claim}' | tee ${reply}

  3. its receipt with your openings, verified offline against the trust policy
curl -sf -H "authorization: Bearer $TOKEN" -H 'Prefer: wait=10' ${url}/records/$(sed 's/.*"leafHash":"\\([0-9a-f]*\\)".*/\\1/' ${reply})/receipt -o ${receipt} && npm run -s audit -- receipt ${receipt} --policy ${quoted(policyFile)}
`;
}
