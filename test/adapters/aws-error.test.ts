import { describe, expect, test } from "@jest/globals";
import { awsAttempts, translated } from "../../functions/adapters/aws-error.ts";
import { Unavailable } from "../../shared/ports/unavailable.ts";

const failing = (members: object) => async () => {
  throw Object.assign(new Error("from the SDK"), members);
};

describe("SDK errors", () => {
  test.each([
    { name: "ThrottlingException", $metadata: { httpStatusCode: 400 } },
    { name: "KMSInternalException", $metadata: { httpStatusCode: 500 } },
    { name: "SlowDown" },
    { name: "TimeoutError" },
    { name: "Whatever", $metadata: { httpStatusCode: 503 } },
    { code: "ECONNREFUSED" },
    { code: "ECONNRESET" },
    { message: "AWS SDK error wrapper for Error: connect ECONNREFUSED 127.0.0.1:1" },
  ])("an outage becomes Unavailable: %j", async (members) => {
    await expect(translated("kms", failing(members))).rejects.toThrow(Unavailable);
  });

  test.each([
    { name: "AccessDeniedException", $metadata: { httpStatusCode: 400 } },
    { name: "DisabledException", $metadata: { httpStatusCode: 400 } },
    { name: "NoSuchBucket", $metadata: { httpStatusCode: 404 } },
    { code: "ERR_INVALID_ARG_TYPE" },
    {},
  ])("anything else passes through: %j", async (members) => {
    await expect(translated("kms", failing(members))).rejects.toThrow("from the SDK");
  });

  test("the number of attempts is the SDK's, 1 where it says none", () => {
    expect(awsAttempts({ $metadata: { attempts: 3 } })).toBe(3);
    expect(awsAttempts(new Error("x"))).toBe(1);
    expect(awsAttempts(undefined)).toBe(1);
  });
});
