/** What a function reads to decide claims and to explain decisions. */
export { decisionsPort } from "./decisions-port.ts";
export { packCatalog } from "./pack-catalog.ts";
