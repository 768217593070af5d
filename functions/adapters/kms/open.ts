import { KMSClient } from "@aws-sdk/client-kms";
import { lazily } from "../../../shared/base/lazily.ts";
import { awsLimits } from "../aws-limits.ts";

/** KMS as the adapters call it. */
export type Kms = Pick<KMSClient, "send">;

/** KMS as Lambda's environment says. The client is made by the first call: making it is a fiftieth of a cold start (measured), and not every request needs keys. */
export function openKms(): Kms {
  const client = lazily(() => new KMSClient({ ...awsLimits }));
  const send = (...call: Parameters<KMSClient["send"]>) => client().send(...call);
  return { send: send as KMSClient["send"] };
}
