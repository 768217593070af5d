import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import { QLDBClient, type QLDBClientConfig } from "@aws-sdk/client-qldb";
import { QldbDriver, RetryConfig } from "amazon-qldb-driver-nodejs";
import { awsLimits } from "../aws-limits.ts";

/** Where the service is and who calls: localClientConfig(endpoint) for the stub. */
export type QldbConfig = Pick<
  QLDBClientConfig,
  "endpoint" | "region" | "credentials" | "useFipsEndpoint" | "useDualstackEndpoint"
>;

/** One client per plane of one ledger. */
export interface QldbClients {
  readonly ledger: string;
  readonly control: QLDBClient;
  readonly driver: QldbDriver;
  /** Ends sessions and idle connections; what is under way may still finish. */
  close(): void;
}

/** A commit of 40 documents may take longer than most calls: a transaction lives 30 s. */
const limits = {
  ...awsLimits,
  requestHandler: { ...awsLimits.requestHandler, requestTimeout: 20_000 },
} as const;

const retries = 8;
const longestPauseMs = 200;

/** Full jitter; eight pauses are about half a second, so an outage is told soon and a lost race is run again at once. */
const pauseMs = (attempt: number): number =>
  Math.random() * Math.min(longestPauseMs, 10 * 2 ** attempt);

/**
 * Both clients of `ledger`. The driver is given no limit of concurrent transactions (the 0): it never returns the permit of a
 * session it could not start, so with a limit a few outages would stop it for good.
 */
export function qldbClients(config: QldbConfig, ledger: string): QldbClients {
  const control = new QLDBClient({ ...config, ...limits });
  const agents = {
    httpAgent: new HttpAgent({ keepAlive: true }),
    httpsAgent: new HttpsAgent({ keepAlive: true }),
  };
  const driver = new QldbDriver(
    ledger,
    { ...config },
    { ...limits.requestHandler, ...agents },
    0,
    new RetryConfig(retries, pauseMs),
  );
  return {
    ledger,
    control,
    driver,
    close: () => {
      driver.close();
      control.destroy();
    },
  };
}
