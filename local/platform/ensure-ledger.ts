import {
  CreateLedgerCommand,
  DescribeLedgerCommand,
  ResourceAlreadyExistsException,
} from "@aws-sdk/client-qldb";
import type { QldbClients } from "../../functions/adapters/qldb/clients.ts";
import { translated } from "../../functions/adapters/qldb/failure.ts";
import { Unavailable } from "../../shared/ports/unavailable.ts";

/**
 * Makes the ledger where it is missing: in AWS the stack does that, and no function may. Throws Unavailable while it isn't active yet: try again.
 */
export async function ensureLedger({ control, ledger }: QldbClients): Promise<void> {
  await translated(async () => {
    try {
      await control.send(new CreateLedgerCommand({ Name: ledger, PermissionsMode: "STANDARD" }));
    } catch (error) {
      if (!(error instanceof ResourceAlreadyExistsException)) throw error;
    }
    const { State } = await control.send(new DescribeLedgerCommand({ Name: ledger }));
    if (State !== "ACTIVE") throw new Unavailable("qldb", `ledger is ${State}`);
  });
}
