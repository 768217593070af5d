import { describe, expect, test } from "@jest/globals";
import { localClientConfig } from "../../functions/adapters/aws-local.ts";
import { Malformed } from "../../shared/base/malformed.ts";

describe("local client settings", () => {
  test.each(["http://127.0.0.1:8080", "http://127.0.0.1:1/", "http://[::1]:65535"])(
    "are given for %s",
    (endpoint) => {
      const { credentials, ...rest } = localClientConfig(endpoint);
      expect(rest).toMatchObject({ endpoint, region: "us-east-1", useFipsEndpoint: false });
      expect(credentials).toEqual({ accessKeyId: "local", secretAccessKey: "local" });
    },
  );

  test.each([
    "",
    "https://127.0.0.1:8080",
    "http://127.0.0.1",
    "http://127.0.0.1:0",
    "http://127.0.0.1:65536",
    "http://127.0.0.1:99999",
    "http://127.0.0.2:8080",
    "http://127.1:8080",
    "http://0.0.0.0:8080",
    "http://localhost:8080",
    "http://127.0.0.1:80@example.com",
    "http://127.0.0.1:80@example.com:8080",
    "http://127.0.0.1:8080.example.com",
    "http://user@127.0.0.1:8080",
    "http://127.0.0.1:8080/path",
    "http://127.0.0.1:8080?x",
    "http://127.0.0.1:8080\n",
    "http://[::2]:8080",
    "http://[::ffff:127.0.0.1]:8080",
    "http://::1:8080",
    "https://kms.us-east-1.amazonaws.com",
  ])("are refused for %j", (endpoint) => {
    expect(() => localClientConfig(endpoint)).toThrow(Malformed);
  });
});
