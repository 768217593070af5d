import { dot } from "./dot.ts";
import { ionHash, ionHashOfBinary } from "./ion-hash.ts";

/** One statement of a transaction with its parameters as Ion binary, one value each. */
export interface Statement {
  readonly text: string;
  readonly parameters: readonly Uint8Array[];
}

/** What `transactionInfo` records of a statement: its Ion hash, joined with each parameter's in order. */
export const statementDigest = (statement: Statement): Uint8Array =>
  statement.parameters.reduce(
    (digest, parameter) => dot(digest, ionHashOfBinary(parameter)),
    ionHash(statement.text),
  );

/**
 * What client and service compare at CommitTransaction: the transaction id's Ion hash, joined in turn with each statement's digest.
 * It catches a statement or parameter that was lost or changed on the way; it is no signature.
 */
export const commitDigest = (transactionId: string, statements: readonly Statement[]): Uint8Array =>
  statements.reduce(
    (digest, statement) => dot(digest, statementDigest(statement)),
    ionHash(transactionId),
  );
