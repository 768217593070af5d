import { personClient } from "./token.ts";

/** A token of the issuer at `url` for a person of this machine. */
export const personToken = (url: string, username: string): Promise<string> =>
  ask(url, { grant_type: "password", client_id: personClient, username });

/** A token for a machine, by its secret. */
export const machineToken = (url: string, clientId: string, secret: string): Promise<string> =>
  ask(url, { grant_type: "client_credentials", client_id: clientId, client_secret: secret });

async function ask(url: string, form: Record<string, string>): Promise<string> {
  const response = await fetch(`${url}/token`, { method: "POST", body: new URLSearchParams(form) });
  if (!response.ok) throw new Error(`no token: ${response.status}`);
  return ((await response.json()) as { access_token: string }).access_token;
}
