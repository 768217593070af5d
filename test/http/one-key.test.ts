import { connect } from "node:net";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { newHandle } from "../../functions/command/handle.ts";
import { openInsurer, random } from "../command/platform.ts";
import { claimBody, person, type Served, startServed } from "./served.ts";

let served: Served;
let policy = "";
beforeAll(async () => {
  served = await startServed();
  const opened = await openInsurer(served.ports, { insurer: "acme" });
  policy = opened.policy;
  served.enrol(person("amina", "acme", "claimant", opened.insured));
});
afterAll(() => served?.close());

const claims = async (): Promise<string[]> => {
  const answer = await served.get("amina", "/claims?limit=100");
  return ((await answer.json()) as { items: { claim: string }[] }).items.map(({ claim }) => claim);
};

test("50 submissions at once under one key: one claim, 50 equal answers", async () => {
  const before = await claims();
  const key = { "idempotency-key": newHandle(random) };
  const body = claimBody("acme", policy);
  const send = async () => {
    const answer = await served.post("amina", "/claims", body, key);
    const replayed = answer.headers.get("idempotency-replayed") === "true";
    return { status: answer.status, replayed, text: await answer.text() };
  };
  let answers = await Promise.all(Array.from({ length: 50 }, send));
  // Whoever lost its race for longer than the time a request has is told so, and asks again: bounded, and still one claim.
  for (let round = 0; round < 10 && answers.some(({ status }) => status === 503); round++) {
    answers = await Promise.all(answers.map((each) => (each.status === 503 ? send() : each)));
  }
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
  expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
  expect(answers.filter(({ replayed }) => !replayed)).toHaveLength(1);
  const { claim } = JSON.parse(answers[0]?.text ?? "") as { claim: string };
  const after = await claims();
  expect(after).toContain(claim);
  expect(after).toHaveLength(before.length + 1);
});

/** Sends the request by hand and breaks the connection off after `ms`, whatever came by then. */
async function breakOff(body: string, key: string, ms: number): Promise<void> {
  const head = [
    "POST /claims HTTP/1.1",
    `host: 127.0.0.1:${served.port}`,
    `authorization: Bearer ${await served.tokenOf("amina")}`,
    "content-type: application/json",
    `content-length: ${Buffer.byteLength(body)}`,
    `idempotency-key: ${key}`,
  ].join("\r\n");
  await new Promise<void>((resolve) => {
    const socket = connect(served.port, "127.0.0.1", () => {
      socket.write(`${head}\r\n\r\n${body}`);
      setTimeout(() => {
        socket.destroy();
        resolve();
      }, ms);
    });
    socket.on("error", () => undefined);
  });
}

test("a client that breaks off anywhere and repeats has one claim", async () => {
  const before = (await claims()).length;
  const rounds = 16;
  for (let round = 0; round < rounds; round++) {
    const key = newHandle(random);
    const body = claimBody("acme", policy, `${round + 1}.00`);
    await breakOff(JSON.stringify(body), key, round);
    await breakOff(JSON.stringify(body), key, round * 2);
    const answers = await Promise.all(
      [1, 2].map(() => served.post("amina", "/claims", body, { "idempotency-key": key })),
    );
    expect(answers.map(({ status }) => status)).toEqual([201, 201]);
    const [one, two] = await Promise.all(answers.map((answer) => answer.text()));
    expect(one).toBe(two);
  }
  expect((await claims()).length).toBe(before + rounds);
});
