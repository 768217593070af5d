import { hash } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Provider } from "oidc-provider";
import { readBody } from "../gateway/body.ts";
import type { LocalUser } from "./users.ts";

/** Where somebody signs in who is on the way to an authorization code. */
export const signInPath = (uid: string): string => `/sign-in/${uid}`;

/** Whether a request is for a sign-in page. */
export const isSignIn = (path: string): boolean => /^\/sign-in\/[\w-]{1,64}$/.test(path);

const maxFormBytes = 1_024;

/**
 * Shows who may sign in here, and signs in whoever was chosen. No password is asked: whoever reaches this loopback port already sits here. A request
 * that belongs to no sign-in under way is 400: the cookie that names one is sent to this page only, and by no form of another site (SameSite=Lax).
 */
export async function signIn(
  provider: Provider,
  users: readonly LocalUser[],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const persons = users.filter(({ kind }) => kind === "person");
  const under = await provider.interactionDetails(request, response).catch(() => undefined);
  if (!under) return send(response, 400, page(stray));
  if (request.method !== "POST") return send(response, 200, page(choiceOf(persons)));
  const body = await readBody(request, maxFormBytes);
  const form = new URLSearchParams(body === "too large" ? "" : Buffer.from(body).toString("utf8"));
  const user = persons.find(({ username }) => username === form.get("username"));
  if (!user) return send(response, 400, page(choiceOf(persons, "There is nobody of that name.")));
  await provider.interactionFinished(request, response, { login: { accountId: user.sub } });
}

const stray = "<p>Nobody is signing in here: begin again in the app.</p>";

const escaped = (text: string): string =>
  text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);

function choiceOf(persons: readonly LocalUser[], wrong?: string): string {
  const choices = persons.map(
    ({ username, groups }) =>
      `<li><button name="username" value="${escaped(username)}">${escaped(username)} <span>${escaped(groups.join(", "))}</span></button></li>`,
  );
  return `${wrong === undefined ? "" : `<p role="alert">${wrong}</p>`}
<p id="why">This platform runs on your machine and asks for no password.</p>
<form method="post" aria-describedby="why"><ul>
${choices.join("\n")}
</ul></form>`;
}

const style = `
:root { color-scheme: light dark; font: 1.125rem/1.5 system-ui, sans-serif; }
body { max-width: 26rem; margin: 3rem auto; padding: 0 1rem; }
ul { list-style: none; padding: 0; }
button { font: inherit; width: 100%; margin: 0.25rem 0; padding: 0.75rem 1rem; text-align: start; cursor: pointer; }
button:focus-visible { outline: 3px solid; outline-offset: 2px; }
span { font-size: 0.875rem; }
`;

const page = (body: string): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Sign in to Countersign</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>Who signs in?</h1>
${body}
</main>
</body>
</html>
`;

/** A form's answer may lead back to an app on any loopback port, and nowhere else. */
const policy = [
  "default-src 'none'",
  `style-src 'sha256-${hash("sha256", style, "base64")}'`,
  "form-action 'self' http://127.0.0.1:* http://localhost:*",
  "frame-ancestors 'none'",
  "base-uri 'none'",
].join("; ");

function send(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, {
    "content-type": "text/html; charset=utf-8",
    "content-security-policy": policy,
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
  });
  response.end(text);
}
