import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { httpScreening, openScreening } from "../../functions/adapters/screening/http-screening.ts";
import { Malformed } from "../../shared/base/malformed.ts";
import { Unavailable } from "../../shared/ports/unavailable.ts";

const payee = { name: "Zoe Muller", account: "NL91ABNA0417164300", bic: "ABNANL2A" };
let answer: (response: ServerResponse) => void;
const asked: { headers: IncomingMessage["headers"]; body: string }[] = [];
const server = createServer(async (request, response) => {
  let body = "";
  for await (const piece of request) body += piece;
  asked.push({ headers: request.headers, body });
  answer(response);
});
let url: string;
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/screen`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
const saying = (status: number, text: string) => (response: ServerResponse) =>
  void response.writeHead(status, { "content-type": "application/json" }).end(text);
const screen = (timeoutMs?: number) => httpScreening(url, async () => "token", timeoutMs)(payee);

test.each(["clear", "hit"] as const)(
  "the provider is asked by name and account, with the token, and says %s",
  async (result) => {
    answer = saying(200, JSON.stringify({ list: "EU 2026-11-20", result, more: 1 }));
    expect(await screen()).toEqual({ list: "EU 2026-11-20", result });
    const { headers, body } = asked.at(-1)!;
    expect(headers.authorization).toBe("Bearer token");
    expect(JSON.parse(body)).toEqual({ name: payee.name, account: payee.account });
  },
);

test.each([
  ["503", saying(503, "{}")],
  ["401", saying(401, "{}")],
  [
    "another page",
    (response: ServerResponse) => void response.writeHead(302, { location: url }).end(),
  ],
  ["no JSON", saying(200, "clear")],
  ["an answer it does not have", saying(200, JSON.stringify({ list: "EU", result: "maybe" }))],
  ["clear of no list", saying(200, JSON.stringify({ list: "", result: "clear" }))],
  ["too much", saying(200, " ".repeat(70_000))],
  [
    "half of it",
    (response: ServerResponse) => {
      response.writeHead(200, { "content-length": "100" }).write("{");
      setTimeout(() => response.destroy(), 20);
    },
  ],
])("%s is no answer: Unavailable", async (_, wrong) => {
  answer = wrong;
  await expect(screen()).rejects.toThrow(Unavailable);
});

test("a provider that does not answer is Unavailable", async () => {
  answer = () => undefined;
  await expect(screen(200)).rejects.toThrow(Unavailable);
});

test.each([
  ["without text", new Malformed("secret", "has no text")],
  ["that is closed to us", Object.assign(new Error(), { name: "AccessDeniedException" })],
])("a secret %s is Unavailable, as a provider that does not answer", async (_, thrown) => {
  const token = () => Promise.reject(thrown);
  await expect(httpScreening(url, token)(payee)).rejects.toMatchObject({
    name: "Unavailable",
    message: "screening: its secret can't be read",
  });
});

test("where no provider is configured there is nobody to ask", () => {
  expect(openScreening({ SCREENING_URL: "none", SCREENING_SECRET: "none" })).toBeUndefined();
});
