import { stopKeeper } from "./start.ts";

/** jest globalTeardown: stops the cluster of this run and removes its folder. */
export default stopKeeper;
