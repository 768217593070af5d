import type { Json } from "../base/canonical.ts";
import { decodeContent } from "../base/event.ts";
import type { Handle } from "../base/handle.ts";
import { unlessMalformed } from "../base/malformed.ts";
import { proposedForm, releasedForm } from "./forms.ts";
import { paymentFileOf } from "./payment-file.ts";
import { PaymentGathering } from "./payment-gathering.ts";

/** One record of a log as far as it is open: its fields by path. */
interface OpenRecord {
  readonly type: string;
  readonly stream: Handle;
  readonly fields: Readonly<Record<string, Json>>;
}

/** The payment files of a log's records, taken in one after another: each is made when the last of its payments has come, from open records only. */
export class FilesOfLog {
  readonly #gathering = new PaymentGathering();

  /** Takes in the next record; gives the file that it completes. A record that does not say all its type says counts as closed. */
  take({
    type,
    stream,
    fields,
  }: OpenRecord): { readonly file: Handle; readonly bytes: Uint8Array } | undefined {
    if (type === proposedForm.type) {
      const content = unlessMalformed(() => decodeContent(proposedForm, fields));
      if (content) this.#gathering.proposed(stream, content);
    }
    if (type !== releasedForm.type) return undefined;
    const content = unlessMalformed(() => decodeContent(releasedForm, fields));
    const released = content && this.#gathering.released(stream, content);
    const payouts = released && this.#gathering.gather(released);
    const bytes = payouts && unlessMalformed(() => paymentFileOf(payouts));
    return content && bytes && { file: content.file.handle, bytes };
  }
}
