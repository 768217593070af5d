import { join } from "node:path";

/** Where the data of this machine's platform is, from the folder a command is run in, unless `--data` says otherwise. */
export const platformFolder = join(".countersign", "local");
