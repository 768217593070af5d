import type { App } from "aws-cdk-lib";
import { routeTable } from "../shared/api/routes.ts";
import { acknowledgeArchitecture } from "./acknowledge.ts";
import { Adjudication } from "./adjudication.ts";
import { Alarms } from "./alarms.ts";
import { Backup } from "./backup.ts";
import { ClaimEvents } from "./claim-events.ts";
import { Dashboard } from "./dashboard.ts";
import { DeploymentStack, envOf } from "./deployment-stack.ts";
import { Foundation } from "./foundation.ts";
import { HttpApi } from "./http-api.ts";
import { HttpFunctions } from "./http-functions.ts";
import { Identity } from "./identity.ts";
import { Migrations } from "./migrations.ts";
import { Operations } from "./operations.ts";
import { QldbLedger } from "./qldb-ledger.ts";
import { Nudges } from "./queues.ts";
import type { Settings } from "./settings.ts";
import { TlogPublisher } from "./tlog-publisher.ts";
import { TlogSequencer } from "./tlog-sequencer.ts";

/** From the request to the committed record, its place in the ledger, and what is published of it. */
export class PlatformStack extends DeploymentStack {
  readonly foundation: Foundation;
  readonly api: HttpApi;

  constructor(app: App, id: string, settings: Settings) {
    super(app, id, settings, envOf(settings.region, settings.accounts?.platform));
    acknowledgeArchitecture(this);
    this.foundation = new Foundation(this, "Foundation");
    const migrations = new Migrations(this, "Migrations", this.foundation.database);
    const toPlace = new Nudges(this, "ToPlace");
    const adjudication = new Adjudication(this, "Adjudication", this.foundation, toPlace);
    const http = new HttpFunctions(this, "Http", this.foundation, adjudication.nudges);
    const identity = new Identity(this, "Identity", settings);
    this.api = new HttpApi(this, "Api", {
      table: routeTable,
      issuer: identity.issuer,
      clientIds: identity.clients.map(({ userPoolClientId }) => userPoolClientId),
      functions: http.byName,
    });
    const ledger =
      settings.ledger === "tlog" ? this.#tlog(toPlace) : [new QldbLedger(this, "Qldb")];
    const { database } = this.foundation;
    new Backup(this, "Backup", database.arn);
    for (const needy of [adjudication, http, ...ledger]) needy.node.addDependency(migrations);
    const { alarms } = new Alarms(this, "Alarms");
    new Dashboard(this, "Dashboard", alarms, database.id);
  }

  #tlog(toPlace: Nudges) {
    return [
      new TlogSequencer(this, "Sequencer", this.foundation.database, toPlace),
      new TlogPublisher(this, "Publisher", this.foundation),
      new Operations(this, "Operations", this.foundation, toPlace),
      new ClaimEvents(this, "ClaimEvents", this.foundation),
    ];
  }
}
