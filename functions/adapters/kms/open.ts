import { KMSClient } from "@aws-sdk/client-kms";
import { awsLimits } from "../aws-limits.ts";

/** KMS as the adapters call it. */
export type Kms = Pick<KMSClient, "send">;

/** KMS as Lambda's environment says. The client is made by the first call: making it is a fiftieth of a cold start (measured), and not every request needs keys. */
export function openKms(): Kms {
  let made: KMSClient | undefined;
  const send = (...call: Parameters<KMSClient["send"]>) => {
    made ??= new KMSClient({ ...awsLimits });
    return made.send(...call);
  };
  return { send: send as KMSClient["send"] };
}
