import type { IncomingMessage } from "node:http";
import { gatewayLimits } from "../../shared/api/gateway-error.ts";

/** The body of `request`; "too large" as soon as more than `limitBytes` are announced or have come. */
export async function readBody(
  request: IncomingMessage,
  limitBytes = gatewayLimits.payloadBytes,
): Promise<Uint8Array | "too large"> {
  if (Number(request.headers["content-length"] ?? 0) > limitBytes) return "too large";
  const chunks: Uint8Array[] = [];
  let size = 0;
  const kept = request.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>;
  for await (const chunk of kept) {
    size += chunk.length;
    if (size > limitBytes) return "too large";
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
