import { parentPort, workerData } from "node:worker_threads";
import { assert } from "../../shared/base/malformed.ts";
import type { ApartAsked, ApartPlace, ApartTold } from "./apart.ts";
import { startBackground } from "./background.ts";
import { connectServices } from "./connect.ts";

/* What works unasked, connected to services that the process started. */
assert(parentPort !== null, "this module is a thread's");
const port = parentPort;
const tell = (told: ApartTold): void => port.postMessage(told);
const { services: place, ...where } = workerData as ApartPlace;
const stops: (() => Promise<unknown>)[] = [];
const services = await connectServices(place, stops);
const keys = {
  ...services.eraser.keys,
  destroy: async (context: Parameters<typeof services.eraser.keys.destroy>[0]) => {
    await services.eraser.keys.destroy(context);
    tell({ destroyed: context });
  },
};
const erasing = { ...services, eraser: { ...services.eraser, keys } };
const background = startBackground(erasing, where, {
  line: (log) => tell({ log }),
  trail: (...trail) => tell({ trail }),
});

port.on("message", async (asked: ApartAsked) => {
  if (asked === "wake") return background.wake();
  await background.stop();
  for (const each of stops.splice(0).reverse()) await each();
  port.close();
});
tell("started");
