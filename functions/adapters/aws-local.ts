import { Malformed } from "../../shared/base/malformed.ts";

/** The region and account number that stand in ARNs of the local stubs. */
export const localRegion = "us-east-1";
export const localAccount = "000000000000";

const loopback = /^http:\/\/(?:127\.0\.0\.1|\[::1\]):([1-9][0-9]{0,4})\/?$/;

/**
 * SDK client settings for a stub at `endpoint`: dummy credentials, nothing taken from the environment or a profile. Throws
 * Malformed for any endpoint but `http://127.0.0.1:PORT` and `http://[::1]:PORT`, so local code can't reach AWS.
 */
export function localClientConfig(endpoint: string) {
  const port = loopback.exec(endpoint)?.[1];
  if (port === undefined || Number(port) > 65_535) {
    throw new Malformed("endpoint", "is not http://127.0.0.1:PORT or http://[::1]:PORT");
  }
  return {
    region: localRegion,
    endpoint,
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
    useFipsEndpoint: false,
    useDualstackEndpoint: false,
  };
}
