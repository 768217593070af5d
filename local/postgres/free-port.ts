import { createServer } from "node:net";
import { StartFailure } from "./start-failure.ts";

/** A TCP port nobody listens on at 127.0.0.1: the one asked for (StartFailure if taken), else a random one. */
export function freePort(wanted = 0): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", (error: NodeJS.ErrnoException) => {
      const taken = error.code === "EADDRINUSE";
      reject(
        new StartFailure(
          `Port ${wanted} is ${taken ? "taken by another program" : "closed to us"}`,
        ),
      );
    });
    probe.listen({ host: "127.0.0.1", port: wanted, exclusive: true }, () => {
      const address = probe.address();
      const port = typeof address === "object" && address !== null ? address.port : 0;
      probe.close(() => resolve(port));
    });
  });
}
