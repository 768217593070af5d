import { join } from "node:path";
import { enrol } from "../../functions/adapters/postgres/principals.ts";
import type { RequestLog } from "../../functions/http/edge.ts";
import type { LogAlarm } from "../../functions/publisher/alarm.ts";
import type { Principal } from "../../shared/ports/claims.ts";
import { machineToken, personToken } from "../issuer/ask.ts";
import { clientSecret } from "../issuer/client-secret.ts";
import { localUser, subOf } from "../issuer/users.ts";
import { type Http, startHttp } from "../platform/http.ts";
import { startLoop, workOnce } from "../platform/jobs.ts";
import { receiptSource } from "../platform/journal.ts";
import { alarmText } from "../platform/ledger.ts";
import { fileLog } from "../platform/request-log.ts";
import type { Services } from "../platform/services.ts";
import type { ApiCallers } from "./over-http.ts";
import type { SetStage } from "./stage.ts";

/** The demo's own API: real gateway, issuer, handlers and the job that has the pack decide. */
export interface DemoApi {
  callersOf(insurer: string): Promise<ApiCallers>;
  stop(): Promise<void>;
}

const say = (line: string): void => {
  process.stderr.write(`${line}\n`);
};

/** The log of the demo's own API, as `npm start` keeps one; what fails is said on the terminal too. */
function requestLog(folder: string): RequestLog {
  const kept = fileLog(join(folder, "requests.log"), say);
  return {
    info: kept.info,
    error: (message, fields) => {
      kept.error(message, fields);
      say(`${message} ${JSON.stringify(fields)}`);
    },
  };
}

/** The demo asks for its decisions as often as it likes: the stage's limit is for strangers. */
const unhurried = { perSecond: 10_000, burst: 10_000 };

/** The simulation's screening of payees: no list, said so. */
export const noList = async () => ({ list: "simulation: no list", result: "clear" }) as const;

/**
 * Serves the API on free ports. The simulated adjuster of each insurer is a user whose principal says "simulated"; its machine intake is a
 * client of its own.
 */
export async function startDemoApi(
  services: Services,
  stage: SetStage,
  insurers: readonly string[],
  folder: string,
): Promise<DemoApi> {
  const tell = (insurer: string, alarm: LogAlarm): void => say(alarmText(insurer, alarm));
  const loop = startLoop(() => workOnce(services.ports, insurers, noList, tell), say);
  const users = insurers.flatMap((insurer) => [
    localUser(`intake-${insurer}`, "intake", "machine"),
    localUser(`adjuster-${insurer}`, "adjuster"),
  ]);
  const issuerFolder = join(folder, "issuer");
  const http: Http = await startHttp({
    ports: services.ports,
    pool: services.pools.app,
    published: services.published,
    receipts: receiptSource(services),
    evidence: services.evidence,
    auditing: services.auditing,
    insurerJobs: { jobs: services.jobs, uploads: services.uploads },
    issuerFolder,
    port: 0,
    issuerPort: 0,
    users,
    log: requestLog(folder),
    throttle: unhurried,
    wake: loop.wake,
  });
  const callers = new Map<string, Promise<ApiCallers>>();
  const enrolled = async (sub: string, principal: Principal): Promise<void> => {
    await enrol(services.pools.app, http.issuer.issuer, sub, principal);
  };
  const open = async (insurer: string): Promise<ApiCallers> => {
    const { intake, adjuster } = stage.cast(insurer);
    const [clientId, username] = [`intake-${insurer}`, `adjuster-${insurer}`];
    await enrolled(subOf(clientId, "machine"), intake);
    await enrolled(subOf(username), adjuster);
    const secret = clientSecret(issuerFolder, clientId);
    return {
      url: http.url,
      intakeToken: await machineToken(http.issuer.url, clientId, secret),
      adjusterToken: await personToken(http.issuer.url, username),
    };
  };
  return {
    callersOf: (insurer) => {
      const known = callers.get(insurer) ?? open(insurer);
      callers.set(insurer, known);
      return known;
    },
    stop: async () => {
      await loop.stop();
      await http.stop();
    },
  };
}
