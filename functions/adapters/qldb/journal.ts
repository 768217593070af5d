import {
  GetBlockCommand,
  GetDigestCommand,
  GetRevisionCommand,
  type ValueHolder,
} from "@aws-sdk/client-qldb";
import { assert } from "../../../shared/base/malformed.ts";
import { type Block, parseBlock, verifyBlock } from "../../../shared/qldb/block.ts";
import { parseProof } from "../../../shared/qldb/proof.ts";
import { formatBlockAddress, parseBlockAddress } from "../../../shared/qldb/revision.ts";
import type { QldbClients } from "./clients.ts";

/** What the control plane tells of a ledger's journal. */
export class Journal {
  readonly #clients: QldbClients;
  #strandId: string | undefined;

  constructor(clients: QldbClients) {
    this.#clients = clients;
  }

  /** The digest now: how many blocks (tip + 1) and the root of their hashes. */
  async digest(): Promise<{ size: bigint; root: Uint8Array }> {
    const answer = await this.#clients.control.send(
      new GetDigestCommand({ Name: this.#clients.ledger }),
    );
    const tip = parseBlockAddress(ionTextOf(answer.DigestTipAddress));
    assert(answer.Digest !== undefined, "GetDigest answers with a digest");
    this.#strandId = tip.strandId;
    return { size: BigInt(tip.sequenceNo) + 1n, root: Uint8Array.from(answer.Digest) };
  }

  /** A block, and its proof in the digest of `size` blocks where that is given. */
  async block(position: bigint, size?: bigint): Promise<{ block: Block; proof: Uint8Array[] }> {
    const answer = await this.#clients.control.send(
      new GetBlockCommand({
        Name: this.#clients.ledger,
        BlockAddress: await this.#address(position),
        ...(size === undefined ? {} : { DigestTipAddress: await this.#address(size - 1n) }),
      }),
    );
    const block = parseBlock(ionTextOf(answer.Block));
    assert(verifyBlock(block).length === 0, `block ${position} of the ledger verifies`);
    return { block, proof: size === undefined ? [] : parseProof(ionTextOf(answer.Proof)) };
  }

  /** A revision's Ion text and its proof in the digest of `size` blocks. */
  async revision(position: bigint, documentId: string, size: bigint) {
    const answer = await this.#clients.control.send(
      new GetRevisionCommand({
        Name: this.#clients.ledger,
        BlockAddress: await this.#address(position),
        DocumentId: documentId,
        DigestTipAddress: await this.#address(size - 1n),
      }),
    );
    return { text: ionTextOf(answer.Revision), proof: parseProof(ionTextOf(answer.Proof)) };
  }

  async #address(position: bigint): Promise<ValueHolder> {
    if (this.#strandId === undefined) await this.digest();
    const strandId = this.#strandId ?? "";
    return { IonText: formatBlockAddress({ strandId, sequenceNo: Number(position) }) };
  }
}

function ionTextOf(holder: ValueHolder | undefined): string {
  assert(holder?.IonText !== undefined, "the service answers with Ion text");
  return holder.IonText;
}
