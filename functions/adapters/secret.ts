import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { Malformed } from "../../shared/base/malformed.ts";
import { translated } from "./aws-error.ts";
import { awsLimits } from "./aws-limits.ts";

/** What the role that calls this adapter must be allowed. */
export const needs = [{ action: "secretsmanager:GetSecretValue", resource: "secret" }] as const;

/** How long a value is used before it is asked for again, so that a rotated one is in force within five minutes. */
const freshMs = 300_000;

/** Reads the text of the secret `id` (an ARN), when first asked and every five minutes. Throws Unavailable, and Malformed where it has none. */
export function openSecret(id: string): () => Promise<string> {
  const client = new SecretsManagerClient({ ...awsLimits });
  let held: { readonly text: string; readonly untilMs: number } | undefined;
  return async () => {
    if (held && Date.now() < held.untilMs) return held.text;
    const command = new GetSecretValueCommand({ SecretId: id });
    const { SecretString: text } = await translated("secrets", () => client.send(command));
    if (!text) throw new Malformed("secret", "has no text");
    held = { text, untilMs: Date.now() + freshMs };
    return text;
  };
}
