import {
  GetBlockCommand,
  GetDigestCommand,
  GetRevisionCommand,
  type ValueHolder,
} from "@aws-sdk/client-qldb";
import { assert } from "../../../shared/base/malformed.ts";
import type { LedgerJournal, ProvenBlock } from "../../../shared/ports/journal.ts";
import type { LedgerDigest } from "../../../shared/ports/ledger.ts";
import { parseBlock, verifyBlock } from "../../../shared/qldb/block.ts";
import { foldPath } from "../../../shared/qldb/merkle.ts";
import { parseProof } from "../../../shared/qldb/proof.ts";
import { formatBlockAddress, parseBlockAddress } from "../../../shared/qldb/revision.ts";
import type { QldbClients } from "./clients.ts";
import { translated } from "./failure.ts";

/** What the control plane tells of a ledger's journal. */
export class Journal implements LedgerJournal {
  readonly #clients: QldbClients;
  #strandId: string | undefined;

  constructor(clients: QldbClients) {
    this.#clients = clients;
  }

  /** The digest now: how many blocks (tip + 1) and the root of their hashes. */
  async digest(): Promise<LedgerDigest> {
    const { control, ledger } = this.#clients;
    const answer = await translated(() => control.send(new GetDigestCommand({ Name: ledger })));
    const tip = parseBlockAddress(ionTextOf(answer.DigestTipAddress));
    assert(answer.Digest !== undefined, "GetDigest answers with a digest");
    this.#strandId = tip.strandId;
    return { size: BigInt(tip.sequenceNo) + 1n, root: Uint8Array.from(answer.Digest) };
  }

  /** The digest as it was when it covered `size` blocks, by the service's proof of the last of them. */
  async digestAt(size: bigint): Promise<LedgerDigest> {
    const { block, proof } = await this.block(size - 1n, size);
    return { size, root: foldPath(block.blockHash, proof) };
  }

  /** A block, and its proof in the digest of `size` blocks where that is given. */
  async block(position: bigint, size?: bigint): Promise<ProvenBlock> {
    const { control, ledger } = this.#clients;
    const asked = new GetBlockCommand({
      Name: ledger,
      BlockAddress: await this.#address(position),
      ...(size === undefined ? {} : { DigestTipAddress: await this.#address(size - 1n) }),
    });
    const answer = await translated(() => control.send(asked));
    const text = ionTextOf(answer.Block);
    const block = parseBlock(text);
    assert(verifyBlock(block).length === 0, `block ${position} of the ledger verifies`);
    return { text, block, proof: size === undefined ? [] : parseProof(ionTextOf(answer.Proof)) };
  }

  /** A revision's Ion text and its proof in the digest of `size` blocks. */
  async revision(position: bigint, documentId: string, size: bigint) {
    const { control, ledger } = this.#clients;
    const asked = new GetRevisionCommand({
      Name: ledger,
      BlockAddress: await this.#address(position),
      DocumentId: documentId,
      DigestTipAddress: await this.#address(size - 1n),
    });
    const answer = await translated(() => control.send(asked));
    return { text: ionTextOf(answer.Revision), proof: parseProof(ionTextOf(answer.Proof)) };
  }

  /** The ledger's one strand. */
  async strandId(): Promise<string> {
    if (this.#strandId === undefined) await this.digest();
    return this.#strandId ?? "";
  }

  async #address(position: bigint): Promise<ValueHolder> {
    const strandId = await this.strandId();
    return { IonText: formatBlockAddress({ strandId, sequenceNo: Number(position) }) };
  }
}

function ionTextOf(holder: ValueHolder | undefined): string {
  assert(holder?.IonText !== undefined, "the service answers with Ion text");
  return holder.IonText;
}
