import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CreateLedgerCommand, GetDigestCommand, QLDBClient } from "@aws-sdk/client-qldb";
import {
  QLDBSessionClient,
  SendCommandCommand,
  type SendCommandCommandInput,
} from "@aws-sdk/client-qldb-session";
import { afterEach, beforeEach } from "@jest/globals";
import { dumpBinary } from "ion-js";
import { localClientConfig } from "../../functions/adapters/aws-local.ts";
import { type QldbClients, qldbClients } from "../../functions/adapters/qldb/clients.ts";
import { type QldbStub, startQldbStub } from "../../local/qldb/stub.ts";
import { parseBlockAddress } from "../../shared/qldb/revision.ts";
import { commitDigest, type Statement } from "../../shared/qldb/transaction.ts";

/** A stub with the empty ledger "cars", fresh for each test, its clients and a clock that stands still. */
export class CarsLedger {
  folder = "";
  nowMs = 0;
  declare stub: QldbStub;
  declare control: QLDBClient;
  declare session: QLDBSessionClient;
  declare clients: QldbClients;

  async start(): Promise<void> {
    this.stub = await startQldbStub({ folder: this.folder, nowMs: () => this.nowMs });
    const config = localClientConfig(this.stub.endpoint);
    this.control = new QLDBClient({ ...config, maxAttempts: 1 });
    this.session = new QLDBSessionClient({ ...config, maxAttempts: 1 });
    this.clients = qldbClients(config, "cars");
  }

  async stop(): Promise<void> {
    this.clients.close();
    this.control.destroy();
    this.session.destroy();
    await this.stub.stop();
  }

  /** One transaction of one statement by the driver. */
  run(statement: string, ...parameters: unknown[]) {
    return this.clients.driver.executeLambda(async (transaction) =>
      (await transaction.execute(statement, ...parameters)).getResultList(),
    );
  }

  async makeTable(): Promise<void> {
    await this.run("CREATE TABLE Car");
    await this.run("CREATE INDEX ON Car (vin)");
  }

  async tip(): Promise<number> {
    const answer = await this.control.send(new GetDigestCommand({ Name: "cars" }));
    return parseBlockAddress(answer.DigestTipAddress?.IonText ?? "").sequenceNo;
  }

  /** One transaction in its own session, driven by hand, command by command. */
  async openSession() {
    const send = (input: SendCommandCommandInput) =>
      this.session.send(new SendCommandCommand(input));
    const started = await send({ StartSession: { LedgerName: "cars" } });
    const SessionToken = started.StartSession?.SessionToken;
    const begun = await send({ SessionToken, StartTransaction: {} });
    const TransactionId = begun.StartTransaction?.TransactionId;
    const statements: Statement[] = [];
    return {
      ids: { SessionToken, TransactionId },
      statements,
      execute: (text: string, ...values: unknown[]) => {
        const parameters = values.map((value) => dumpBinary(value));
        statements.push({ text, parameters });
        const Parameters = parameters.map((IonBinary) => ({ IonBinary }));
        return send({
          SessionToken,
          ExecuteStatement: { TransactionId, Statement: text, Parameters },
        });
      },
      fetch: (NextPageToken: string) =>
        send({ SessionToken, FetchPage: { TransactionId, NextPageToken } }),
      commit: (seen: readonly Statement[] = statements) => {
        const CommitDigest = commitDigest(TransactionId ?? "", seen);
        return send({ SessionToken, CommitTransaction: { TransactionId, CommitDigest } });
      },
    };
  }
}

/** Gives every test of the file its own {@link CarsLedger}. */
export function carsLedger(): CarsLedger {
  const on = new CarsLedger();
  beforeEach(async () => {
    on.folder = await mkdtemp(join(tmpdir(), "qldb-stub-"));
    on.nowMs = Date.parse("2026-11-24T10:00:00.123Z");
    await on.start();
    await on.control.send(new CreateLedgerCommand({ Name: "cars", PermissionsMode: "STANDARD" }));
  });
  afterEach(async () => {
    await on.stop();
    await rm(on.folder, { recursive: true });
  });
  return on;
}

/** What went wrong, as text; "no error" if nothing did. */
export const failure = (promise: Promise<unknown>): Promise<string> =>
  promise.then(() => "no error", String);
