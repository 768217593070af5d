import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, test } from "@jest/globals";
import { putOutcome } from "../../functions/adapters/put-outcome.ts";
import { answerDeployment } from "../../functions/migrate/core.ts";
import { Unavailable } from "../../shared/ports/unavailable.ts";

const asked = (RequestType: string) => ({
  RequestType,
  ResponseURL: "https://cloudformation-custom-resource-response.s3.amazonaws.com/x?signed",
  StackId: "arn:aws:cloudformation:us-east-1:111111111111:stack/CountersignPlatform/1",
  RequestId: "r",
  LogicalResourceId: "Applied",
  ResourceProperties: { ServiceToken: "arn", Steps: "ab12", Roles: '{"countersign_app":[]}' },
});

/** Answers one event; what was put, and which roles a migration was asked for. */
async function answered(event: unknown, migrate: () => Promise<readonly string[]>) {
  const puts: [string, Record<string, unknown>][] = [];
  const roles: string[] = [];
  await answerDeployment(
    {
      migrate: (text) => {
        roles.push(text);
        return migrate();
      },
      put: async (url, body) => {
        puts.push([url, JSON.parse(body)]);
      },
    },
    event,
  );
  expect(puts).toHaveLength(1);
  const [[url, body] = ["", {}]] = puts;
  expect(url).toBe(asked("Create").ResponseURL);
  expect(body).toMatchObject({ RequestId: "r", LogicalResourceId: "Applied" });
  return { body, roles };
}

describe("the deployment is answered", () => {
  test.each(["Create", "Update"])(
    "%s migrates and says how many steps it applied",
    async (type) => {
      const { body, roles } = await answered(asked(type), async () => ["m: a", "m: b"]);
      expect(body).toMatchObject({ Status: "SUCCESS", Data: { Applied: "2" } });
      expect(roles).toEqual(['{"countersign_app":[]}']);
    },
  );

  test("Delete succeeds and touches no database", async () => {
    const { body, roles } = await answered(asked("Delete"), async () => ["m: a"]);
    expect([body.Status, roles]).toEqual(["SUCCESS", []]);
  });

  test("a step that fails fails the deployment, which shows why and stays the same resource", async () => {
    const failing = async () => {
      throw new Unavailable("database", `index i is still being built ${"x".repeat(5_000)}`);
    };
    const { body } = await answered(asked("Update"), failing);
    expect(body).toMatchObject({ Status: "FAILED", PhysicalResourceId: "migrations" });
    expect(body.Reason).toMatch(/^Unavailable: database: index i is still being built/);
    expect(String(body.Reason).length).toBeLessThanOrEqual(1_000);
  });

  test.each([{}, { ...asked("Create"), ResponseURL: "http://x.example" }, asked("Read")])(
    "%#: what is no event of CloudFormation's is refused",
    async (event) => {
      const put = async () => undefined;
      await expect(answerDeployment({ migrate: async () => [], put }, event)).rejects.toThrow();
    },
  );
});

test("the answer is put until it is taken, three times at most, without a content type", async () => {
  const seen: [string | undefined, string | undefined][] = [];
  let refusals = 2;
  const server = createServer((request, response) => {
    seen.push([request.method, request.headers["content-type"]]);
    request.resume().on("end", () => {
      response.statusCode = refusals-- > 0 ? 503 : 200;
      response.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/x`;
  try {
    await putOutcome(url, "{}");
    expect(seen).toEqual(Array(3).fill(["PUT", ""]));
    refusals = 3;
    await expect(putOutcome(url, "{}")).rejects.toThrow(Unavailable);
  } finally {
    server.closeAllConnections();
    server.close();
  }
});
